import type { ErrorCode, ErrorText } from './errors.ts'

const text = (message: string, advice: string): Pick<ErrorText, 'message' | 'advice'> => ({ message, advice })

/** The Korean side of src/shared/errors.ts: every code, with the same parameters. */
export const errorsKo: Record<ErrorCode, Pick<ErrorText, 'message' | 'advice'>> = {
  'photo.changed': text(
    '“{file}”의 내용이 실행을 시작할 때와 다릅니다.',
    '원래 사진을 되돌려 놓고 이어서 진행하거나, 폴더를 다시 스캔해 새로 시작하세요.',
  ),
  'photo.missing': text(
    '“{file}”[이/가] 더 이상 없습니다.',
    '원래 위치에 되돌려 놓거나 폴더를 다시 스캔하세요.',
  ),
  'path.relative': text(
    '“{path}”[은/는] 전체 경로가 아닙니다.',
    '/home/… 또는 C:\\…처럼 처음부터 모두 쓰거나 폴더를 선택하세요.',
  ),
  'path.misnamed': text(
    '“{file}”[을/를] 열 수 없습니다. 파일이나 폴더의 이름이 UTF-8이 아닙니다.',
    '이름을 바꾼 뒤(읽을 수 없는 글자는 �로 표시됩니다) 다시 시도하세요.',
  ),
  'photo.unreadable': text(
    '“{file}”[을/를] 열 수 없습니다: {reason}.',
    '권한을 확인하거나 이 사진을 제외하세요.',
  ),
  'photo.empty': text('“{file}”[은/는] 빈 파일입니다(0바이트).', '원본에서 다시 복사하거나 삭제하세요.'),
  'photo.not-a-photo': text(
    '“{file}”[은/는] 이름과 달리 사진이 아닙니다.',
    '폴더에서 꺼내거나 올바른 이름을 붙이세요.',
  ),
  'photo.truncated': text('“{file}”[은/는] 끝이 잘려 있습니다.', '원본에서 다시 복사하세요.'),
  'photo.damaged': text('“{file}”[은/는] 손상되어 읽을 수 없습니다.', '원본에서 다시 복사하세요.'),
  'photo.too-large': text(
    '“{file}”[은/는] 너무 커서 읽을 수 없습니다({width} × {height}픽셀, 최대 {limit}백만).',
    '먼저 크기를 줄이세요.',
  ),
  'photo.unsupported': text('“{file}”[은/는] 읽지 못하는 형식입니다({format}).', 'JPEG나 PNG로 변환하세요.'),
  'photo.no-preview': text(
    '“{file}”[은/는] 안에 JPEG가 없는 RAW 파일입니다. RAW 자체는 현상하지 않습니다.',
    '카메라 프로그램으로 현상한 JPEG를 사용하세요.',
  ),
  'photo.no-exiftool': text(
    '“{file}”[을/를] 열 수 없습니다. RAW 파일 안의 JPEG를 찾는 ExifTool이 응답하지 않습니다: {reason}',
    'Linux와 macOS에서는 Perl이 필요합니다. 설치한 뒤 다시 스캔하세요.',
  ),
  'probe.one-class': text(
    '모든 사진이 한 클래스에 속해서 구별할 것이 없습니다.',
    '두 개 이상의 클래스로 나뉜 사진을 선택하세요.',
  ),
  'probe.too-few': text(
    '사진 {photos}장은 폴드 {folds}개로 나눌 수 없습니다.',
    '사진을 추가하거나 폴드 수를 줄이세요.',
  ),
  'dataset.missing': text('“{folder}” 폴더가 없습니다.', '디스크를 연결하거나 지금 있는 위치를 선택하세요.'),
  'dataset.not-a-folder': text(
    '“{folder}”[은/는] 폴더가 아닙니다.',
    '클래스마다 사진 폴더가 하나씩 들어 있는 폴더를 선택하세요.',
  ),
  'dataset.no-photos': text(
    '“{folder}”에 사진이 없습니다.',
    '클래스마다 폴더 하나에 사진을 넣으세요. 읽는 형식: {extensions}.',
  ),
  'dataset.only-archives': text(
    '“{folder}”에 사진은 없고 압축 파일만 있습니다: {files}.',
    '그중 하나를 사진으로 선택하거나, 한 폴더에 압축을 푸세요.',
  ),
  'dataset.archives': text(
    '사진 사이에 있는 압축 파일은 열지 않습니다: {files}.',
    '그 안의 사진도 쓰려면 압축을 푸세요.',
  ),
  'dataset.part-empty': text(
    '“{folder}”의 “{part}” 부분에 사진이 없습니다.',
    '다른 부분을 선택하거나, 이 부분에 사진을 넣으세요.',
  ),
  'dataset.no-labels': text(
    '“{folder}”의 사진에 아직 클래스가 없습니다.',
    '앱에서 라벨을 붙이거나, 클래스마다 폴더 하나에 사진을 넣으세요.',
  ),
  'dataset.one-class': text(
    '“{folder}”에는 사진이 있는 클래스가 “{class}” 하나뿐입니다.',
    '구별하려면 클래스가 두 개 이상 필요합니다. 사진 폴더를 하나 더 추가하세요.',
  ),
  'dataset.present': text(
    '“{folder}”[은/는] 이미 다른 데이터세트 “{name}”입니다.',
    '그 데이터세트를 열거나 먼저 목록에서 제거하세요.',
  ),
  'dataset.one-photo': text(
    '“{class}” 클래스에는 학습할 사진이 한 장뿐입니다.',
    '이 클래스의 사진을 더 넣으세요. 한 장만으로는 배경까지 함께 학습합니다.',
  ),
  'dataset.other-pictures': text(
    '사진으로 읽지 않는 형식의 그림이라 제외했습니다: {files}.',
    '사진에 포함해야 하면 JPEG나 PNG로 변환하세요.',
  ),
  'dataset.empty-class': text(
    '“{class}” 클래스에는 {split}에 쓸 읽을 수 있는 사진이 없습니다.',
    '사진을 추가하거나 그 폴더를 다른 곳으로 옮기세요.',
  ),
  'dataset.unequal-classes': text(
    'train/과 val/의 클래스가 다릅니다. {classes}: 한쪽에만 사진이 있습니다.',
    '양쪽에 같은 폴더를 두세요.',
  ),
  'photos.unknown': text(
    '사진 {count}장이 데이터셋에 없습니다(예: “{photo}”).',
    '폴더를 다시 스캔한 뒤 다시 선택하세요.',
  ),
  'filing.listed': text(
    '목록이나 압축 파일에 있는 사진이라 옮기면 찾을 수 없게 됩니다.',
    '대신 폴더로 내보내세요.',
  ),
  'filing.stays': text(
    '사진 {count}장은 그 뒤에 바뀌었거나 원래 자리에 다른 파일이 있어 그대로 둡니다.',
    '나머지는 되돌렸습니다. 어느 사진인지는 정리 목록에서 볼 수 있습니다.',
  ),
  'act.moves-files': text(
    '파일을 옮긴 작업은 저절로 다시 실행하지 않습니다.',
    '폴더에 쓰기를 다시 선택하세요. 목록을 먼저 보여 줍니다.',
  ),
  'bank.unseen': text(
    '사진을 아직 비교하지 않았습니다.',
    '먼저 사진을 비교하세요. 시간이 조금 걸리며 결과는 저장됩니다.',
  ),
  'class.unknown': text('이 데이터셋에는 “{class}” 클래스가 없습니다.', '있는 클래스를 선택하세요.'),
  'act.empty': text('선택한 사진이 없습니다.', '먼저 사진을 선택하세요.'),
  'act.nothing-to-undo': text('되돌릴 것이 없습니다.', '모든 변경을 이미 되돌렸습니다.'),
  'act.not-last': text(
    '이 변경은 더 이상 데이터셋의 마지막 변경이 아니어서 되돌리지 않았습니다.',
    '사진의 기록에서 이 변경 뒤에 한 일부터 되돌리기를 하세요.',
  ),
  'act.nothing-to-redo': text('다시 실행할 것이 없습니다.', '먼저 되돌리기를 하세요.'),
  'list.unreadable': text(
    '목록 “{file}”[을/를] 읽을 수 없습니다: {reason}.',
    '머리글이 있는 CSV나 JSON 배열을 사용하세요. “path” 열이 필요하고, 알면 “class”와 “split”도 넣습니다.',
  ),
  'archive.damaged': text('압축 파일 “{file}”[을/를] 풀 수 없습니다: {reason}.', '원본에서 다시 복사하세요.'),
  'split.nothing': text(
    '데이터 구분을 뽑을 사진이 없습니다.',
    '사진에 라벨을 달거나, 제외한 사진을 다시 포함하세요.',
  ),
  'keywords.no-photo': text(
    '이 클래스들 중 하나에만 속하는 사진이 없습니다.',
    '두 클래스의 키워드가 든 사진은 라벨이 바뀌지 않습니다. 키워드를 더 적게 선택하거나, 같은 이름을 주세요.',
  ),
  'split.shares': text(
    '검증에 {val}%, 테스트에 {test}%를 쓰면 학습에 쓸 사진이 남지 않습니다.',
    '검증과 테스트의 비율을 줄이세요.',
  ),
  'weights.missing': text('가중치 파일 “{file}”[이/가] 없습니다.', '경로를 확인하세요.'),
  'weights.unreadable': text(
    '“{file}”[을/를] 읽을 수 없습니다: {reason}.',
    '권한과 파일이 있는 디스크를 확인하세요.',
  ),
  'weights.empty': text('“{file}”[은/는] 빈 파일입니다(0바이트).', '다시 다운로드하거나 복사하세요.'),
  'weights.not-weights': text(
    '“{file}”[은/는] 가중치 파일이 아닙니다({reason}).',
    '.safetensors나 PyTorch .pth 파일을 선택하세요.',
  ),
  'weights.truncated': text(
    '“{file}”[은/는] 끝이 잘려 있습니다: {reason}.',
    '다시 다운로드하거나 복사하세요.',
  ),
  'weights.damaged': text('“{file}”[은/는] 손상되었습니다: {reason}.', '다시 다운로드하거나 복사하세요.'),
  'weights.changed': text(
    '“{file}”[이/가] 읽는 동안 바뀌었습니다.',
    '파일을 쓰는 프로그램이 끝난 뒤 다시 시도하세요.',
  ),
  'weights.needs-code': text(
    '“{file}”[은/는] 안에 적힌 코드({name})를 실행해야 열립니다. Thaw는 절대로 실행하지 않습니다.',
    'Python에서 state_dict만 저장하세요: torch.save(model.state_dict(), "weights.pth").',
  ),
  'weights.program': text(
    '“{file}”에는 가중치와 함께 코드가 들어 있습니다({reason}). Thaw는 파일 안의 코드를 절대로 실행하지 않습니다.',
    'Python에서 state_dict만 저장하세요: torch.save({opened}.state_dict(), "weights.pth").',
  ),
  'weights.quantised': text(
    '“{file}”[은/는] 양자화된 파일입니다({type}). 가중치가 정수이며, 되돌리는 값은 읽지 못합니다.',
    '양자화하기 전의 파일을 쓰세요.',
  ),
  'weights.parted': text(
    '“{file}”의 {tensors}[은/는] 가중치 대신 가중치를 계산하는 값으로 들어 있습니다(가중치 정규화, 가지치기 등의 parametrization).',
    'Python에서 합친 뒤(torch.nn.utils.parametrize의 remove_parametrizations, torch.nn.utils.prune의 remove) state_dict를 저장하세요.',
  ),
  'weights.no-classifier': text(
    '“{file}”[은/는] 사진이 무엇인지 답하지 않고 사진 속 물체를 찾거나 윤곽을 그리는 신경망의 파일입니다.',
    '학습한 것에서 시작하려면 Python에서 백본만 저장하세요: torch.save(model.backbone.state_dict(), "weights.pth").',
  ),
  'weights.unsupported': text(
    '“{file}”에 읽지 못하는 것이 들어 있습니다: {reason}.',
    'float32의 단순한 state_dict나 safetensors로 저장하세요.',
  ),
  'weights.not-finite': text(
    '“{file}”의 {tensors}에 수가 아닌 값(NaN이나 무한대)이 있습니다.',
    '잘못된 학습에서 나온 파일입니다. 더 이른 체크포인트를 쓰세요.',
  ),
  'weights.whole-numbers': text(
    '“{file}”의 {tensors}에 가중치가 정수로 들어 있습니다. 양자화된 파일이며, 되돌리는 값은 읽지 못합니다.',
    '양자화하기 전의 파일을 쓰세요.',
  ),
  'weights.stray': text(
    '“{file}”에는 텐서가 아닌 항목도 있습니다: {entries}.',
    '텐서는 읽고 나머지는 제외합니다.',
  ),
  'weights.mismatch': text(
    '“{file}”[은/는] {network}에 맞지 않습니다: {differences}.',
    '이 가중치에 맞는 신경망을 선택하세요.',
  ),
  'weights.other-head': text(
    '“{file}”의 클래스는 {found}개인데 {expected}개가 필요합니다({tensor}).',
    '새 마지막 층을 선택해 내 클래스에 맞게 학습하세요.',
  ),
  'weights.others': text(
    '“{file}”에 신경망이 둘 이상 있습니다. {chosen}[을/를] 읽고 {others}[은/는] 읽지 않습니다.',
    '다른 것을 쓰려면 그것만 state_dict로 저장하세요.',
  ),
  'weights.beside': text('“{file}”에는 신경망 밖의 텐서도 있습니다: {tensors}.', '이 텐서들은 제외합니다.'),
  'weights.part': text(
    '“{file}”[은/는] 모델을 파일 {parts}개로 나눈 것 중 {part}번째입니다. 나머지 텐서는 다른 파일에 있습니다.',
    'Python에서 모든 파일을 모델로 읽은 뒤 state_dict를 파일 하나로 저장하세요.',
  ),
  'weights.twin': text(
    '“{file}”[은/는] timm의 {twin} 파일입니다. {network}[과/와] 이름은 같지만 다르게 계산합니다: {reason}. 여기서는 예측이 틀리게 됩니다.',
    '{network}의 가중치를 쓰세요. {twin} 파일이 아니라면 파일 이름을 바꾸세요.',
  ),
  'weights.maybe-twin': text(
    '“{file}”[을/를] {network}[으로/로] 읽습니다. timm의 {twin}도 이름이 같아 파일만으로는 구분할 수 없지만, 다르게 계산합니다: {reason}.',
    '{twin} 파일이라면 여기서 예측이 틀립니다.',
  ),
  'weights.no-network': text(
    '“{file}”[은/는] 여기 있는 신경망이 아닙니다. 이 신경망들의 텐서가 없습니다.',
    '“thaw inspect”로 내용을 확인하거나 이 파일의 신경망을 지정하세요.',
  ),
  'weights.foreign': text(
    '텐서 이름으로 보아 “{file}”에는 여기에 있는 신경망이 들어 있지 않습니다: {reason}.',
    '여기에 있는 신경망을 torchvision이나 timm의 이름으로 저장한 파일을 쓰세요.',
  ),
  'weights.none': text(
    '{network}의 사전 학습 가중치가 없습니다.',
    '모델 화면에서 다운로드하거나 가중치 파일을 선택하세요.',
  ),
  'weights.no-address': text(
    'pip가 “{package}”[을/를] 어디서 받을지 알려 주지 못했습니다: {reason}.',
    'python3에 pip가 있고 패키지 저장소에 연결되는지 확인하거나, 가지고 있는 파일을 선택하세요.',
  ),
  'weights.checksum': text(
    '다운로드한 “{file}”의 내용이 예상과 다릅니다(체크섬 불일치).',
    '다시 시도하세요. 같은 일이 반복되면 원본 파일이 바뀐 것입니다.',
  ),
  'labels.wrong-count': text(
    '“{file}”에는 클래스 이름이 {found}개인데 신경망은 {expected}개입니다.',
    '클래스마다 이름을 하나씩 적으세요.',
  ),
  'labels.unreadable': text(
    '“{file}”[은/는] 클래스 이름 파일이 아닙니다: {reason}.',
    '{"0": ["id", "name"], …} 형식의 JSON이나 한 줄에 클래스 하나를 적은 텍스트 파일을 선택하세요.',
  ),
  'plan.unknown-node': text(
    '{network}에 {nodes}[이라는/라는] 노드가 없습니다.',
    '비슷한 이름: {suggestions}. “thaw network {network}” 명령이 모두 보여 줍니다.',
  ),
  'plan.invalid': text(
    '계획을 읽을 수 없습니다: {reason}.',
    '계획은 노드 이름에 학습률이나 "frozen"을 적은 JSON입니다.',
  ),
  'plan.nothing-learns': text(
    '이 계획은 모든 층을 동결하므로 학습하는 층이 없습니다.',
    '마지막 층({head})은 동결을 해제하세요.',
  ),
  'preparation.size': text(
    '{network}[은/는] 한 변이 {crop}픽셀인 사진을 볼 수 없습니다.',
    '만들어진 크기인 {size}픽셀로 전처리하세요.',
  ),
  'network.unknown': text('“{name}”[이라는/라는] 신경망이 없습니다.', '사용할 수 있는 신경망: {known}.'),
  'config.invalid': text('맞지 않는 설정이 있습니다: {reason}.', '값을 고친 뒤 다시 시작하세요.'),
  'augmentation.unknown': text(
    '“{name}”[이라는/라는] 데이터 증강이 없습니다.',
    '사용할 수 있는 이름: {known}.',
  ),
  'augmentation.parameter': text(
    '{transform}에는 “{parameter}”[이라는/라는] 값이 없습니다.',
    '사용할 수 있는 이름: {known}.',
  ),
  'augmentation.value': text(
    '{transform}의 “{parameter}” 값({given})이 맞지 않습니다. 필요한 값: {reason}.',
    '값을 고친 뒤 다시 시작하세요.',
  ),
  'augmentation.invalid': text(
    '데이터 증강을 읽을 수 없습니다: {reason}.',
    '변환을 차례로 적은 JSON입니다. 예: [{"name": "RandomHorizontalFlip", "p": 0.5}].',
  ),
  'run.missing': text('“{run}” 기록이 없습니다.', '기록 화면(thaw runs)이 있는 것을 보여 줍니다.'),
  'run.present': text('“{name}” 기록은 이미 있습니다.', '기록 화면에서 찾을 수 있습니다.'),
  'run.damaged': text(
    '“{folder}”의 기록을 읽을 수 없습니다: {reason}.',
    '다른 파일은 그대로이며 best.safetensors는 따로 쓸 수 있습니다.',
  ),
  'run.finished': text(
    '“{run}”[은/는] 완료되어 이어서 학습할 것이 없습니다.',
    '그 가중치로 새로 시작하세요.',
  ),
  'run.no-checkpoint': text(
    '“{run}”[은/는] 첫 체크포인트 전에 중지되었습니다.',
    '같은 설정으로 새로 시작하세요.',
  ),
  'run.locked': text(
    '“{run}”[은/는] 다른 프로세스(번호 {pid})가 학습하는 중입니다.',
    '끝나기를 기다리거나 먼저 중지하세요.',
  ),
  'run.diverged': text(
    '에폭 {epoch}의 배치 {batch} 뒤로 손실이 숫자가 아닌 값이 되었습니다.',
    '학습률을 낮추세요. 지난 에폭의 가중치는 저장되어 있습니다.',
  ),
  'run.validation-diverged': text(
    '에폭 {epoch}이 끝난 뒤 검증 사진의 손실이 숫자가 아닌 값이 되었습니다.',
    '학습률을 낮추세요. 지금까지 가장 좋은 에폭의 가중치는 저장되어 있습니다.',
  ),
  'run.frozen-changed': text(
    '동결된 텐서가 바뀌었습니다: {tensor}.',
    '있어서는 안 되는 일이므로 학습을 중지했습니다. 개발자에게 알려 주세요.',
  ),
  'run.other-machine': text(
    '{then}에서 시작했고 여기서는 {now}[으로/로] 이어지므로 결과가 마지막 비트까지 같지는 않습니다.',
    '창에서 이어서 학습하면 그래도 계속할지 묻습니다. 명령줄에서는 --allow-different 옵션을 쓰세요.',
  ),
  'run.no-temperature': text(
    '이 사진들로는 예측을 얼마나 믿을 수 있는지 알 수 없습니다. 모두 정답이어서 확신도가 높을수록 더 잘 맞기 때문입니다.',
    '지금 그대로 분류하거나, 구별하기 어려운 사진을 검증 부분에 추가하세요.',
  ),
  'run.answers-not-finite': text(
    '신경망의 예측에 수가 아닌 값(NaN 또는 무한대)이 있어 셀 수 없습니다.',
    '다른 기록이나 가중치 파일을 쓰세요. “thaw inspect”로 값을 볼 수 있습니다.',
  ),
  'run.other-weights': text(
    '“{run}”[은/는] “{file}”에서 시작했는데, 그 뒤로 이 파일이 바뀌었습니다.',
    '원래 파일을 되돌려 놓거나 새로 시작하세요.',
  ),
  'run.ambiguous': text('“{run}”[이라는/라는] 기록이 여럿입니다: {ids}.', '그중 하나의 ID를 쓰세요.'),
  'run.does-not-fit': text(
    '이 계획에는 메모리가 약 {needed}GB 필요하지만 {available}GB만 남아 있습니다.',
    '배치 크기를 {batch}[으로/로] 줄이거나 층을 더 동결하세요.',
  ),
  'run.never-fits': text(
    '이 계획에는 메모리가 약 {needed}GB 필요하지만 {available}GB만 남아 있습니다. 사진을 한 장씩 학습해도 모자랍니다.',
    '층을 더 동결하거나, 다른 프로그램을 닫거나, 더 작은 신경망을 선택하세요.',
  ),
  'run.other-classes': text(
    '“{run}” 기록의 클래스와 “{folder}”의 클래스가 다릅니다. 기록에 없는 클래스: {classes}.',
    '같은 이름의 폴더에 든 사진을 선택하거나 이 사진으로 학습하세요.',
  ),
  'run.twice': text('“{run}” 기록을 두 번 지정했습니다.', '서로 다른 기록을 지정하세요.'),
  'run.no-shared-photos': text(
    '이 기록들이 함께 쓴 검증 사진 가운데 남아 있는 것이 없습니다.',
    '같은 사진으로 학습한 기록을 비교하거나 사진이 든 디스크를 연결하세요.',
  ),
  'run.no-kept-epoch': text(
    '기록 “{run}”에는 에폭 {epoch}의 체크포인트가 남아 있지 않습니다. 남아 있는 에폭: {kept}.',
    '남아 있는 에폭에서 갈라지거나, 체크포인트를 더 많이 보관하도록 다시 학습하세요.',
  ),
  'run.fork-setting': text(
    '갈라진 기록은 설정 {setting}[을/를] 변경할 수 없습니다. 그때까지 학습한 내용과 맞지 않습니다.',
    '그 설정으로 새로 학습하세요.',
  ),
  'run.fork-differs': text(
    '에폭 {epoch} 다음의 텐서 {tensor}[이/가] 기록 “{run}”의 동결 확인서와 다릅니다.',
    '보관된 체크포인트가 손상되었습니다. 다른 에폭에서 갈라지세요.',
  ),
  'export.inside-dataset': text(
    '“{target}” 폴더는 데이터셋의 사진이 있는 “{folder}” 안에 있어, 저장한 사진이 다시 데이터셋에 들어갑니다.',
    '그 밖의 폴더를 선택하세요.',
  ),
  'source.missing': text(
    '“{source}”[이/가] 없습니다.',
    '전체 경로를 쓰고, 디스크가 연결되어 있는지 확인하세요.',
  ),
  'source.there-already': text('“{source}”의 사진은 이미 데이터셋에 있습니다.', '할 일이 없습니다.'),
  'source.contains-dataset': text(
    '“{source}” 안에 이미 데이터셋에 있는 “{folder}”가 있습니다.',
    '옆에 있는 폴더를 하나씩 추가하거나 전체를 따로 데이터셋으로 추가하세요.',
  ),
  'source.unknown-kind': text(
    '“{source}”[은/는] 폴더도 목록도 압축 파일도 아닙니다.',
    '폴더, CSV·TSV·JSON 목록, zip 파일 가운데 하나를 선택하세요.',
  ),
  'export.there-already': text(
    '“{file}” 파일이 이미 있어서 덮어쓰지 않습니다.',
    '다른 이름을 쓰거나 그 파일을 먼저 치우세요.',
  ),
  'export.no-module': text(
    '{network}[은/는] torchvision이나 timm의 신경망이 아니어서 Python 프로그램으로 만들 수 없습니다.',
    'ONNX나 safetensors로 내보내세요.',
  ),
  'output.not-empty': text(
    '“{folder}” 폴더가 비어 있지 않습니다.',
    '비어 있거나 아직 없는 폴더를 선택하세요.',
  ),
  'output.unwritable': text('“{folder}”에 쓸 수 없습니다: {reason}.', '다른 위치를 선택하세요.'),
  'disk.read-only': text(
    '“{folder}”[은/는] 읽기 전용 디스크에 있습니다.',
    '다른 디스크를 선택하세요. 또는 메모리 카드의 잠금 스위치, 마운트 옵션, 공유 폴더의 권한에서 쓰기를 허용하세요.',
  ),
  'disk.full': text(
    '디스크가 가득 차 “{file}”[을/를] 쓰지 못했습니다.',
    '공간을 비운 뒤 계속하세요. 전에 있던 파일은 그대로입니다.',
  ),
  'backend.none': text(
    '이 컴퓨터에서 계산할 방법을 찾지 못했습니다: {reason}.',
    '“npm run setup”을 실행한 뒤 “thaw doctor” 명령으로 확인하세요.',
  ),
  'backend.memory': text(
    '사진을 한 번에 {parts}장씩 계산하다가 {device}의 메모리가 모자랐습니다.',
    '배치를 {batch}[으로/로] 줄이거나 층을 더 동결하세요.',
  ),
  'backend.memory-least': text(
    '{device}의 메모리가 모자랍니다.',
    '메모리를 쓰는 다른 프로그램을 닫거나 더 작은 신경망을 선택하세요. 학습이라면 층을 더 동결하세요.',
  ),
  'doctor.slow-backend': text(
    '{backend}[으로/로] 계산하므로 TensorFlow보다 몇 배 느립니다({reason}).',
    'python3와 pip, make, C++ 컴파일러를 설치하고 “npm run setup”을 실행하세요.',
  ),
  'doctor.no-starter-weights': text(
    '기본 가중치가 없습니다.',
    '인터넷에 연결해 “npm run setup”을 실행하거나 가중치 파일을 선택하세요.',
  ),
  'doctor.little-memory': text(
    '남은 메모리가 {available}뿐입니다.',
    '다른 프로그램을 닫거나 배치를 줄이고 층을 더 동결하세요.',
  ),
  'gpu.driver-stopped': text(
    'NVIDIA 카드는 있지만 드라이버가 작동하지 않습니다: {reason}.',
    '컴퓨터를 다시 켜세요. 그래도 안 되면 드라이버를 다시 설치하세요.',
  ),
  'gpu.driver-mismatch': text(
    '컴퓨터가 켜진 동안 NVIDIA 드라이버가 바뀌어 서로 맞지 않습니다.',
    '컴퓨터를 다시 켜세요.',
  ),
  'gpu.driver-old': text(
    'NVIDIA 드라이버 {found}[은/는] 너무 오래되었습니다. {needed} 이상이 필요합니다.',
    '새 드라이버를 설치하고 컴퓨터를 다시 켜세요.',
  ),
  'gpu.card-old': text(
    '{card}[은/는] TensorFlow를 쓰기에 너무 오래되었습니다(계산 능력 {found}, 필요 {needed}).',
    '그대로 두어도 됩니다. 프로세서로 계산합니다.',
  ),
  'gpu.none': text(
    '작동하는 드라이버가 있는 NVIDIA 카드를 찾지 못했습니다.',
    '카드가 있으면 NVIDIA 드라이버를 설치하고 다시 시도하세요. 다른 회사의 카드는 쓰지 않습니다.',
  ),
  'gpu.unsupported': text('{platform}용 GPU 팩은 없습니다.', '그대로 두어도 됩니다. 프로세서로 계산합니다.'),
  'gpu.no-addon': text(
    'GPU 팩에는 TensorFlow의 네이티브 라이브러리가 필요한데 준비되어 있지 않습니다.',
    '“npm run setup”을 실행하고 다시 시도하세요.',
  ),
  'gpu.no-space': text(
    'GPU 팩에는 디스크 {needed}[이/가] 필요하지만 {available}만 남아 있습니다.',
    '공간을 비우거나 데이터 폴더(THAW_HOME)를 더 큰 디스크로 옮기세요.',
  ),
  'gpu.no-addresses': text(
    'pip가 GPU 팩을 어디서 받을지 알려 주지 못했습니다: {reason}.',
    'python3에 pip가 있고 패키지 저장소에 연결되는지 확인한 뒤 다시 시도하세요.',
  ),
  'gpu.failed': text(
    '그래픽 카드를 쓰지 않습니다: {reason}.',
    '대신 프로세서로 계산합니다. 드라이버를 업데이트하거나 GPU 팩을 다시 설치하세요.',
  ),
  'gpu.settled': text(
    '여기에 필요한 그래픽 방식은 “{wanted}”인데, 이 프로세스는 시작할 때부터 “{now}”[으로/로] 계산합니다.',
    '설정 화면에서 “{wanted}”[을/를] 선택한 뒤 계속하세요.',
  ),
  'gpu.not-deterministic': text(
    '그래픽 카드로는 이 계산을 같은 비트로 다시 할 수 없습니다: {reason}.',
    '설정 화면에서 “autotune”을 선택하거나(thaw gpu use autotune) 프로세서로 계산하세요.',
  ),
  'gpu.autotune': text(
    '이 학습은 그래픽 카드에서 “autotune” 방식으로 계산합니다. 이어서 학습하면 중단하지 않은 결과에 가깝지만 비트까지 같지는 않습니다.',
    '같은 결과를 다시 얻어야 하는 학습에는 “deterministic”을 선택하세요.',
  ),
  'gpu.unused': text(
    '{card}[이/가] 있지만 쓰이지 않습니다.',
    '설정 화면에서 GPU 팩을 설치하세요(thaw gpu install).',
  ),
  'serve.port': text(
    '{host}:{port} 주소를 쓸 수 없습니다: {reason}.',
    '--port 옵션으로 다른 포트를 정하거나, 빈 포트를 쓰려면 0을 쓰세요.',
  ),
  'serve.none': text(
    '데이터 폴더 “{home}”에서 지금 실행 중인 Thaw 서버가 없습니다.',
    '“thaw serve” 명령으로 시작하면 주소를 보여 줍니다.',
  ),
  'api.too-large': text(
    '요청이 {limit} MB보다 큽니다.',
    '경로를 더 적게 나누어 보내세요. 사진 대신 폴더를 지정할 수도 있습니다.',
  ),
  'api.no-key': text(
    '이 서버의 키가 없거나 틀렸습니다.',
    '“thaw serve --json”이 표시하는 키를 Authorization: Bearer KEY로 보내세요.',
  ),
  'api.too-slow': text(
    '{seconds}초가 지나도록 요청이 다 도착하지 않았습니다.',
    '요청을 한 번에 모두 보내세요. 느린 연결에서는 용량이 적은 사진이 더 빨리 도착합니다.',
  ),
  'api.too-many': text('한꺼번에 들어온 요청이 너무 많습니다.', '{seconds}초 뒤에 다시 요청하세요.'),
  'upload.quota': text(
    '파일을 더 받지 않습니다. 이미 보낸 파일이 {taken}이고 한도는 {limit}입니다.',
    '보낸 사진으로 만든 데이터셋을 삭제하거나, 사진을 그 컴퓨터에 직접 복사하고 거기서 폴더를 선택하세요.',
  ),
  'upload.no-space': text(
    '디스크에 {available}밖에 남지 않아 더 받을 수 없습니다.',
    '공간을 비운 다음 파일을 다시 보내세요.',
  ),
  'upload.too-large': text('보내기에는 너무 큰 파일입니다(한도 {limit}).', '이 파일을 제외하고 보내세요.'),
  'download.failed': text(
    '{url}[을/를] 다운로드하지 못했습니다: {reason}.',
    '연결을 확인하고 다시 시도하세요. 받은 부분은 저장되어 있습니다.',
  ),
  'catalogue.newer': text(
    '카탈로그를 더 새로운 버전의 Thaw가 만들었습니다(버전 {found}, 지금 버전은 {known}).',
    '더 새로운 버전의 Thaw를 실행하세요.',
  ),
  usage: text('{reason}.', '“thaw --help” 명령을 참고하세요.'),
  'filing.pattern-place': text(
    '패턴 “{pattern}”에서 “{place}” 자리에 들어갈 것이 없습니다.',
    '{class}, {group}, {date}, {name}을 쓰세요.',
  ),
  'filing.pattern-path': text(
    '패턴 “{pattern}”이 대상 폴더 안에 머물지 않습니다.',
    '그 아래 폴더를 “/”로 나누어 쓰세요: {class}/{name}.',
  ),
  'filing.pattern-name': text(
    '패턴 “{pattern}” 끝에 사진 이름이 없습니다.',
    '마지막 부분에 {name}을 넣으세요: {class}/{name}.',
  ),
  'filing.not-a-file': text(
    '“{file}” 항목은 링크이거나 파일이 아니어서 그대로 둡니다.',
    '링크가 가리키는 사진을 정리하세요.',
  ),
  'filing.read-only': text(
    '“{file}” 사진은 그대로 둡니다. “{folder}” 폴더가 읽기 전용입니다.',
    '대신 복사하거나, 폴더에 쓸 수 있게 하세요.',
  ),
  'filing.stays-with-photo': text(
    '사진이 그대로 있으므로 “{file}” 파일도 그대로 있습니다.',
    '사진이 옮겨지지 않은 이유를 확인하세요.',
  ),
  'filing.there-already': text('“{file}” 사진은 이미 제자리에 있습니다.', '할 일이 없습니다.'),
  'filing.same-there': text('“{file}” 사진과 같은 “{other}” 파일이 이미 있습니다.', '할 일이 없습니다.'),
  'filing.taken': text(
    '“{file}” 이름의 파일이 이미 있습니다.',
    '이름에 번호를 붙이게 하거나 다른 패턴이나 폴더를 선택하세요.',
  ),
  'filing.changed': text(
    '“{file}” 파일이 그 뒤에 바뀌어 그대로 둡니다.',
    '목록을 다시 만들거나 직접 바로잡으세요.',
  ),
  'filing.last-copy': text(
    '“{file}” 사본은 그대로 둡니다. 원본 “{original}” 파일이 없어졌거나 그 뒤에 바뀌었습니다.',
    '이 사본이 필요 없으면 직접 삭제하세요.',
  ),
  'filing.copy-differs': text(
    '“{file}” 사진의 사본이 읽은 내용과 다릅니다. 사진은 있던 자리에 있습니다.',
    '디스크와 케이블을 확인하고 다시 시도하세요.',
  ),
  'filing.attributes': text(
    '“{file}” 사진은 그대로 둡니다. 시스템이 사진 옆에 저장한 태그 등을 그곳에 유지할 수 없습니다({reason}).',
    '다른 디스크의 폴더를 선택하거나 태그를 삭제하세요.',
  ),
  'filing.failed': text(
    '디스크가 “{file}” 파일을 처리하지 못했습니다({reason}). 사진은 있던 자리에 있습니다.',
    '디스크와 케이블을 확인하고 다시 시도하세요.',
  ),
  'filing.no-space': text(
    '이 사진들을 정리하려면 “{folder}” 폴더에 {needs} MB가 필요하지만 {free} MB만 남아 있습니다.',
    '공간을 비우거나 다른 디스크를 선택하세요. 아직 아무것도 정리하지 않았습니다.',
  ),
  'filing.nothing': text(
    '예측한 사진이 없어 정리할 것이 없습니다.',
    '사진에 무슨 문제가 있는지 위에서 확인하세요.',
  ),
  'filing.damaged': text(
    '정리 기록 “{id}” 항목의 목록이 손상되어 이어서 진행할 수 없습니다.',
    '이미 정리한 것은 되돌릴 수 있습니다. 나머지 사진은 목록을 다시 만드세요.',
  ),
  'filing.own-folder': text(
    '“{folder}” 폴더는 Thaw가 쓰는 “{own}” 폴더 안에 있어 사진을 정리해 넣을 수 없습니다.',
    '그 밖의 폴더를 선택하세요.',
  ),
  'filing.missing': text(
    '정리 기록 “{id}” 항목이 없습니다.',
    '기록은 thaw undo --list 명령으로 볼 수 있습니다.',
  ),
  'filing.none': text('되돌릴 정리 기록이 없습니다.', '할 일이 없습니다.'),
  'filing.busy': text('다른 정리가 진행 중입니다.', '끝나기를 기다리거나 취소하세요.'),
  'keywords.none': text(
    '“{file}”에 “{prefix}” 아래의 키워드가 없습니다.',
    '삭제할 것이 없습니다. 접두어가 없는 키워드는 Thaw가 쓴 것이 아닙니다.',
  ),
  'keywords.no-prefix': text('키워드는 접두어로만 삭제할 수 있습니다.', '“Thaw”처럼 접두어를 적으세요.'),
  'keywords.unwritable': text(
    '“{file}” 파일에 키워드를 쓸 수 없습니다: {reason}',
    '사진은 그대로입니다. 대신 클래스 폴더로 복사하세요.',
  ),
  'keywords.no-exiftool': text(
    '키워드를 쓰는 ExifTool을 실행할 수 없습니다: {reason}',
    'Linux와 macOS에서는 Perl이 필요합니다. 설치한 뒤 다시 시도하세요.',
  ),
  cancelled: text('취소했습니다.', '도중에 남은 파일은 없습니다.'),
  'rpc.unknown-method': text(
    '“{method}”[이라는/라는] 호출이 없습니다.',
    '창에서는 창을 다시 여세요. 엔진보다 오래되었을 수 있습니다. 프로그램에서는 호출을 /api/openapi.json과 비교하세요.',
  ),
  'rpc.invalid': text(
    '호출을 이해하지 못했습니다: {reason}.',
    '창에서는 창을 다시 여세요. 엔진보다 오래되었을 수 있습니다. 프로그램에서는 호출을 /api/openapi.json과 비교하세요.',
  ),
  'engine.gone': text(
    '이 작업을 하던 Thaw의 프로세스가 갑자기 종료되었습니다({part}).',
    '다시 시작하는 중입니다. 잠시 뒤 작업을 다시 시도하세요.',
  ),
  'engine.ended': text(
    '이 작업을 하던 Thaw의 프로세스가 종료 요청을 받았습니다({part}).',
    '다시 시작해 마지막 체크포인트부터 이어서 진행합니다.',
  ),
  'not-found': text('{what}[이/가] 더 이상 없습니다.', '목록을 다시 불러오세요.'),
  busy: text('{what}[이/가] 이미 작업 중입니다.', '끝나기를 기다리거나 중지하세요.'),
  refused: text('{what}[은/는] 여기서 허용되지 않습니다.', '다른 것을 선택하세요.'),
  internal: text(
    'Thaw 내부에서 오류가 발생했습니다.',
    '설정 화면의 로그에 자세한 내용이 있습니다. 개발자에게 알려 주세요.',
  ),
}
