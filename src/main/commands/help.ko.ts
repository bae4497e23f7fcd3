/**
 * Korean of the command line's help, by the English sentence that stands where a command is made. What has no row here is told in
 * English, which a test finds. Examples are not here: what is typed is the same in every language.
 */
export const koreanHelp: Readonly<Record<string, string>> = {
  // Every command
  'Fine-tunes pretrained photo classifiers on your own machine, and lets them sort your photos.':
    '사전 학습된 사진 분류 모델을 내 컴퓨터에서 미세 조정하고, 그 모델로 사진을 정리합니다.',
  'output the version number': '버전 출력',
  'display help for command': '도움말 표시',
  'the language of messages (default: that of the terminal)': '메시지의 언어(기본값: 터미널의 언어)',
  'one JSON object a line on standard output': '표준 출력에 한 줄마다 JSON 객체 하나씩 출력',
  'Add --help to see how it is used.': '사용법은 --help를 붙이면 볼 수 있습니다.',
  'Example:': '예:',
  'Examples:': '예:',
  'Exit codes: 0 done, 1 something in the data failed, 2 wrong usage, 3 the environment; 130 stopped by Ctrl-C.\nTHAW_HOME is the data folder, THAW_CACHE that of what can be computed again, THAW_BACKEND forces a backend.':
    '종료 코드: 0 완료, 1 데이터 일부 실패, 2 잘못된 사용법, 3 환경 문제, 130 Ctrl-C로 중지.\nTHAW_HOME은 데이터 폴더, THAW_CACHE는 다시 계산할 수 있는 것을 두는 폴더, THAW_BACKEND는 사용할 백엔드입니다.',
  'its id, name or folder': '기록의 ID, 이름 또는 폴더',
  'what to do': '할 일',
  'a folder of photos, one folder a class, or a dataset’s name':
    '사진 폴더(하위 폴더 하나가 클래스 하나) 또는 데이터셋 이름',
  'a weight file': '가중치 파일',
  'where to; a file that is there is replaced': '저장할 위치. 이미 있는 파일은 덮어씁니다',
  'how many to tell': '표시할 개수',
  // doctor, network, inspect, weights
  'what this machine has for Thaw, and what to do about what is missing':
    '이 컴퓨터에서 Thaw가 사용할 수 있는 것과, 없는 것에 대한 해결 방법을 표시합니다',
  'the layers of a network: what PyTorch’s print(net) shows, and more':
    '신경망의 층을 표시합니다. PyTorch의 print(net)보다 자세합니다',
  'for instance vgg11': '예: vgg11',
  'a weight file that has to fit it': '이 신경망에 맞아야 하는 가중치 파일',
  'what weight files hold; nothing in them is ever run':
    '가중치 파일의 내용을 표시합니다. 파일 안의 코드는 실행하지 않습니다',
  'two weight files side by side: which tensors differ, by how much, which layers moved most':
    '가중치 파일 둘을 비교합니다. 다른 텐서, 차이의 크기, 가장 많이 변한 층을 표시합니다',
  'another one': '비교할 가중치 파일',
  '“Moved” is the length of the step as a share of the tensor’s own length.':
    '변화량은 텐서의 크기(노름)에 대한 차이의 비율입니다.',
  // train, resume, fork
  'fine-tunes a network on a folder of photos': '사진 폴더로 신경망을 미세 조정합니다',
  'holds train/CLASS and val/CLASS, or CLASS alone and a part is kept to validate; or a dataset’s name':
    'train/클래스와 val/클래스가 있는 폴더, 클래스 폴더만 있는 폴더(일부를 검증에 사용) 또는 데이터셋 이름',
  'the network (default: efficientnet-lite0)': '신경망(기본값: efficientnet-lite0)',
  'weights to start from (.safetensors or .pth)': '학습을 시작할 가중치(.safetensors 또는 .pth)',
  'what learns: head-only, recipe, everything or a JSON file (default: head-only)':
    '학습할 층: head-only, recipe, everything 또는 JSON 파일(기본값: head-only)',
  'epochs to train (default: 1)': '학습할 에폭 수(기본값: 1)',
  'photos a step (default: 32)': '배치 크기(기본값: 32)',
  'decides all that is drawn (default: 1234)': '모든 무작위 선택을 정하는 시드(기본값: 1234)',
  'recipe, light, strong, none, views:K for K fixed views a photo, or a JSON file (default: recipe)':
    'recipe, light, strong, none, 사진마다 정해진 크롭 K개를 쓰는 views:K 또는 JSON 파일(기본값: recipe)',
  'how a photo becomes the network’s square: crop its middle, squash it, or pad it with black (default: as the weights want it)':
    '사진을 신경망의 정사각형으로 만드는 방법: crop(가운데 크롭), squash(비율 무시), pad(검은색 여백). 기본값: 가중치에 맞춤',
  'any settings of a run as JSON; flags win over it':
    '학습 설정을 적은 JSON 파일. 옵션으로 지정한 값이 우선합니다',
  'threads to compute with (default: all)': '계산에 사용할 스레드 수(기본값: 전부)',
  'exact, or fast where the processor gains by it': 'exact(정확) 또는 프로세서가 지원하면 더 빠른 fast',
  'what the run is called': '기록의 이름',
  'the run’s folder, absent or empty (default: one in the data folder)':
    '기록 폴더. 없거나 비어 있어야 합니다(기본값: 데이터 폴더 안)',
  'A plan in a file gives nodes of the network a rate or freezes them, and all below them:':
    '계획 파일은 신경망의 노드와 그 아래 전체에 학습률을 지정하거나 동결합니다.',
  "An augmentation in a file is a list of transforms, by torchvision's names and with its parameters, in their order:":
    '데이터 증강 파일은 변환을 적용 순서대로 적은 목록입니다. 이름과 파라미터는 torchvision과 같습니다.',
  'There are RandomResizedCrop, RandomHorizontalFlip, RandomVerticalFlip, RandomRotation, ColorJitter,\nRandomGrayscale, GaussianBlur, TrivialAugmentWide, RandomErasing; those that have no p may be given one. {"transforms": […], "views": 4}\ndraws four views of each photo once.':
    'RandomResizedCrop, RandomHorizontalFlip, RandomVerticalFlip, RandomRotation, ColorJitter, RandomGrayscale,\nGaussianBlur, TrivialAugmentWide, RandomErasing을 사용할 수 있으며, p가 없는 변환에도 p를 지정할 수 있습니다.\n{"transforms": […], "views": 4}는 사진마다 크롭 네 장을 한 번만 만듭니다.',
  'Ctrl-C stops after the batch in hand and writes a checkpoint; “thaw resume” goes on from there. The exit code is then 130.':
    'Ctrl-C를 누르면 현재 배치를 마친 뒤 체크포인트를 저장하고 중지합니다. “thaw resume” 명령으로 이어서 학습할 수 있으며, 종료 코드는 130입니다.',
  'goes on with a run that was stopped, failed or was killed, from its last checkpoint':
    '중지되었거나 실패했거나 강제 종료된 기록을 마지막 체크포인트부터 이어서 학습합니다',
  'also on another processor or backend; the last bits may then differ':
    '프로세서나 백엔드가 달라도 이어서 학습합니다. 마지막 비트가 달라질 수 있습니다',
  'goes on from a kept epoch of a run as a second run, with another plan or other settings':
    '보관된 에폭에서 갈래를 만들어 다른 계획이나 설정으로 학습합니다',
  'the last epoch that both runs share': '두 기록이 공유하는 마지막 에폭',
  'what learns from the next epoch on: a name or a JSON file':
    '다음 에폭부터 학습할 층: 계획 이름 또는 JSON 파일',
  'how many epochs the fork has in all': '갈래의 전체 에폭 수',
  'other settings from there on, as JSON; flags win over it':
    '그 뒤에 적용할 설정(JSON). 옵션으로 지정한 값이 우선합니다',
  'what the fork is called': '갈래의 이름',
  'the fork’s folder, absent or empty (default: one in the data folder)':
    '갈래의 폴더. 없거나 비어 있어야 합니다(기본값: 데이터 폴더 안)',
  'Every byte until that epoch is the same in both runs, which the receipt of that epoch proves; then “thaw compare” tests the two.':
    '그 에폭까지는 두 기록이 바이트까지 같으며 그 에폭의 동결 확인서가 이를 증명합니다. 이후 “thaw compare” 명령으로 둘을 비교할 수 있습니다.',
  // classify, evaluate, file, undo
  'answers what photos show': '사진을 분류합니다',
  'photos, or folders of them': '사진 또는 사진 폴더',
  'a run’s id, name or folder': '기록의 ID, 이름 또는 폴더',
  'a published network instead': '기록 대신 사용할 공개 신경망',
  'a weight file: with --backbone that network’s (default: the starter weights), alone the network that it is':
    '가중치 파일. --backbone과 함께 쓰면 그 신경망의 가중치(기본값: 포함된 가중치), 혼자 쓰면 파일에 담긴 신경망',
  'its class names: one a line, or JSON: a list, {"0": ["id", "name"], …} or class_to_idx':
    '클래스 이름 파일: 한 줄에 하나 또는 JSON(목록, {"0": ["id", "name"], …}, class_to_idx)',
  'how many classes to tell': '표시할 클래스 수',
  'with --json, the network’s raw output too': '--json과 함께, 신경망의 원래 출력(로짓)도 표시',
  'writes the answers as a table too (CSV)': '예측을 표(CSV)로도 저장',
  'files the photos by their answers below this folder': '예측에 따라 이 폴더 아래에 사진을 정리',
  'what filing does': '정리 방식',
  'where below it: {class}, {group}, {date}, {name} and “/”':
    '정리할 위치: {class}, {group}, {date}, {name}과 “/”',
  'what all keywords lie under; empty: nothing': '키워드의 상위 키워드. 비우면 없음',
  'what a name that is taken gets': '이름이 겹칠 때의 처리',
  'what becomes of photos that the app would leave to you in its tray':
    '앱에서라면 검토함에 남을 사진의 처리',
  'also looks at each photo’s mirror image; takes twice as long':
    '사진을 좌우로 뒤집은 것도 함께 봅니다. 시간이 두 배 걸립니다',
  'how many times of 100 the right class has to be among those kept, before a photo is filed by the only one':
    '정답이 후보에 들어 있어야 하는 100번 중 횟수. 후보가 하나만 남은 사진을 정리합니다',
  'farther from the training photos than this share of 100 validation photos is a stranger; “none”: none are looked for (default: 90)':
    '검증 사진 100장 중 이만큼보다 학습 사진에서 더 멀면 낯선 사진으로 봅니다. “none”이면 낯선 사진을 찾지 않습니다(기본값: 90)',
  'the probability of the first class below which it is unsure, where no validation photos say how sure is sure (default: 0.7)':
    '검증 사진이 없어 기준을 알 수 없을 때, 첫 클래스의 확률이 이보다 낮으면 애매함으로 봅니다(기본값: 0.7)',
  'photos taken within two seconds of each other in one folder vote together, but for strangers; nothing is told before all are answered':
    '한 폴더에서 2초 안에 이어 찍은 사진이 함께 투표합니다. 낯선 사진은 빠지며, 모든 사진을 분류한 뒤에 결과를 표시합니다',
  'classes for {group} and keywords, such as "birds: tit, finch"; where only these are left, the answer is the group. Again for each':
    '{group}과 키워드에 쓸 클래스 그룹. 예: "새: 박새, 참새". 후보가 이 그룹의 클래스뿐이면 그룹으로 정리합니다. 그룹마다 되풀이합니다',
  'shows what filing would do, and keeps the list for: thaw file':
    '정리할 내용만 표시하고 목록을 저장합니다. 실행은 thaw file 명령으로 합니다',
  'Photos that cannot be read are named and the others answered; the exit code is then 1.\nWhat is filed is judged as in the app: photos of which the network is unsure, or that are unlike all it has learnt\nfrom, are named and stay; --unsure file files them by their likeliest class. With --strangers, --unsure-below or\n--bursts the judgement is told of each photo, filed or not. Probabilities of photos that are judged are the app’s,\ncalibrated by the run’s validation photos, which are answered first, once; else they are the network’s own.':
    '읽을 수 없는 사진은 이름을 알리고 나머지를 분류합니다. 이때 종료 코드는 1입니다.\n정리할 사진은 앱에서처럼 판정합니다. 신경망이 애매해하거나\n학습한 어떤 것과도 닮지 않은 사진은 이름을 알리고 그대로 두며, --unsure file을 쓰면 가장 유력한 클래스로 정리합니다.\n--strangers, --unsure-below, --bursts를 쓰면 정리하지 않아도 사진마다 판정을 표시합니다. 판정한 사진의 확률은 앱과 같으며, 기록의 검증 사진을 먼저 한 번\n분류해 보정한 값입니다. 판정하지 않은 사진의 확률은 신경망이 낸 그대로입니다.',
  'lets a run answer photos whose folders name their classes, and says how well':
    '클래스별 폴더에 있는 사진으로 기록의 성능을 평가합니다',
  'which photos (default: val where the folder or list has train and val, else all)':
    '평가할 사진(기본값: train과 val이 있는 폴더나 목록이면 val, 아니면 all)',
  'Photos that cannot be read are named and left out; the exit code is then 1. Pictures that are no photos (GIF, SVG …) are named.':
    '읽을 수 없는 사진은 이름을 알리고 제외합니다. 이때 종료 코드는 1입니다. 사진이 아닌 그림(GIF, SVG 등)도 이름을 알립니다.',
  'carries out a list that a dry run has shown, or goes on with one that was stopped':
    '--dry-run으로 만든 정리 목록을 실행하거나, 중지된 정리를 계속합니다',
  'as the dry run has said': '--dry-run이 알려 준 ID',
  'takes back what filing has done: photos, keywords and folders are as before':
    '정리를 되돌립니다. 사진, 키워드, 폴더가 이전 상태로 돌아갑니다',
  'the filing (default: the newest one that can be taken back)':
    '되돌릴 정리(기본값: 되돌릴 수 있는 가장 최근 정리)',
  'names all filings, the newest first': '모든 정리를 최근 순서로 표시',
  'takes Thaw’s keywords off photos again, whenever they were written':
    'Thaw가 쓴 키워드를 언제 썼든 사진에서 다시 삭제합니다',
  'what the keywords lie under': '삭제할 키워드의 상위 키워드',
  'shows what would be done, and keeps the list for: thaw file':
    '할 일만 표시하고 목록을 저장합니다. 실행은 thaw file 명령으로 합니다',
  'All keywords under the prefix are taken off, and the flat ones that stand for them; all others stay. Taken back by: thaw undo.':
    '접두어 아래의 키워드와 그에 해당하는 단일 키워드를 모두 삭제하고 다른 키워드는 그대로 둡니다. thaw undo 명령으로 되돌릴 수 있습니다.',
  'What was changed since by others stays as it is and is named; the exit code is then 1.':
    '그 뒤에 다른 프로그램이 변경한 것은 그대로 두고 이름을 알립니다. 이때 종료 코드는 1입니다.',
  // compare, export, report, runs, datasets
  'writes a dataset as folders PART/CLASS/photo, or as a CSV list':
    '데이터셋을 데이터 구분/클래스/사진 폴더 또는 CSV 목록으로 내보냅니다',
  'a folder of photos, a list, or a dataset’s name': '사진 폴더, 목록 또는 데이터셋 이름',
  'write photos into folders there; nothing that is there is replaced':
    '사진을 내보낼 폴더. 이미 있는 파일은 덮어쓰지 않습니다',
  'copy the photos, or link to where they are': '사진을 복사하거나 원본에 대한 링크를 만듭니다',
  'write a list of paths, classes, parts and crops; the file must not be there':
    '경로, 클래스, 데이터 구분, 크롭을 적은 목록 파일. 이미 있는 파일이면 안 됩니다',
  'draws the split where nothing gives one': '데이터 구분이 정해져 있지 않을 때 나누는 시드',
  'show what would be written to folders, and write nothing': '폴더에 쓸 내용만 표시하고 쓰지 않습니다',
  'What was left out or has no label is not exported. Folders can be taken back by “thaw undo”.':
    '제외했거나 라벨이 없는 사진은 내보내지 않습니다. 내보낸 폴더는 thaw undo 명령으로 되돌릴 수 있습니다.',
  'compares runs on the validation photos that all of them have':
    '모든 기록에 공통인 검증 사진으로 기록을 비교합니다',
  'two to 6 runs: id, name or folder': '기록 두 개에서 여섯 개: ID, 이름 또는 폴더',
  "The test is McNemar's, exact and two-sided, corrected by Holm's method for the number of pairs.":
    '정확한 양측 McNemar 검정을 사용하며, 쌍의 수에 대해 Holm 방법으로 보정합니다.',
  'writes a run’s best weights for other programs, and checks that the file answers as the run does':
    '기록의 최고 가중치를 다른 프로그램용으로 내보내고, 파일의 예측이 기록과 같은지 확인합니다',
  'safetensors, PyTorch’s own .pth, ONNX, a TensorFlow.js model with a page (--out is a folder), or a Python program with its weights beside it':
    'safetensors, PyTorch의 .pth, ONNX, 웹 페이지가 딸린 TensorFlow.js 모델(--out은 폴더) 또는 가중치가 딸린 Python 프로그램',
  'ONNX that takes RGB bytes [batch, height, width, 3] and prepares them itself':
    'RGB 바이트 [batch, height, width, 3]을 받아 스스로 전처리하는 ONNX',
  'writes a run as one HTML page that needs no network: scores, curves, classes, settings':
    '기록의 점수, 곡선, 클래스, 설정을 인터넷 없이 볼 수 있는 HTML 파일 하나로 저장합니다',
  'tells how far each layer of a run has moved from where it began':
    '기록의 층마다 시작할 때에서 얼마나 움직였는지 알려 줍니다',
  "Of the best weights: the L2 norm of what was added to a layer's parameters, and that as a share of the norm they began with.":
    '최고 가중치에서 층의 파라미터에 더해진 값의 L2 노름과, 그것을 시작할 때의 노름으로 나눈 비율입니다.',
  'sets a run’s layers between where they began and what they learnt, and evaluates it so':
    '기록의 층을 시작할 때와 학습한 것 사이에 두고 평가합니다',
  'how much of what a layer learnt is kept: 0 is its start, 1 what it learnt; several times; holds for all below it':
    '층이 학습한 것을 얼마나 반영할지: 0은 시작할 때, 1은 학습한 그대로. 여러 번 줄 수 있고 아래의 모든 층에 적용',
  'writes the weights as a safetensors file with this recipe in its metadata':
    '이 비율을 메타데이터에 담아 가중치를 safetensors 파일로 저장',
  "Evaluated are the run's validation photos, from kept features up to the first layer that is not as it was learnt.":
    '기록의 검증 사진으로 평가하며, 학습한 그대로가 아닌 첫 층까지는 보관된 특징을 씁니다.',
  'the runs in the data folder, oldest first': '데이터 폴더의 기록을 오래된 순서로 표시합니다',
  'the folders of photos that were added in the app': '앱에서 추가한 데이터셋을 표시합니다',
  // check, bank, probe, similar
  'looks for what is wrong with photos: broken, blurred, double, in two parts, likely mislabelled …':
    '사진을 점검합니다. 손상, 흐림, 중복, 데이터 구분 겹침, 라벨 의심 등을 찾습니다',
  'whose features': '특징을 계산할 신경망',
  'its weights (default: the starter weights)': '그 신경망의 가중치(기본값: 포함된 가중치)',
  'the features of a run instead: its id, name or folder':
    '공개 신경망 대신 특징을 계산할 기록: ID, 이름 또는 폴더',
  'It finds and changes nothing. Likely mislabels are told most likely first.':
    '찾기만 하고 아무것도 변경하지 않습니다. 라벨 의심은 가능성이 높은 순서로 표시합니다.',
  'writes what a network finds in photos, before its last layer, as a table of numbers':
    '신경망이 마지막 층 앞에서 계산한 사진의 특징을 숫자 표로 저장합니다',
  'the safetensors file to write': '저장할 safetensors 파일',
  'What was computed once is kept by each photo’s content: a second time costs next to nothing.':
    '한 번 계산한 특징은 사진 내용별로 보관하므로, 다시 실행하면 금방 끝납니다.',
  'how well a network’s features tell the classes apart: logistic regression in k folds':
    '신경망의 특징이 클래스를 얼마나 잘 구분하는지 k-폴드 로지스틱 회귀로 측정합니다',
  'each photo is asked about by a head that has not seen its fold':
    '폴드 수. 사진마다 그 사진의 폴드를 보지 않은 분류기로 예측합니다',
  'deals the photos into folds': '사진을 폴드로 나누는 시드',
  'Photos that are the same, or were taken as one, stay in one fold.':
    '같은 사진이나 함께 촬영한 사진은 한 폴드에 둡니다.',
  'the photos of a folder that are most like one photo': '폴더에서 한 사진과 가장 비슷한 사진을 찾습니다',
  'the photo': '사진',
  'where to look: a folder of photos, or a dataset’s name': '찾을 곳: 사진 폴더 또는 데이터셋 이름',
  'The distance is 1 − the cosine of the angle between their features: 0 for the same, about 1 for what has nothing in common.\nThe photo itself is not among them.':
    '거리는 1 − 두 특징 사이 각의 코사인입니다. 같은 사진은 0, 공통점이 없는 사진은 1에 가깝습니다.\n그 사진 자신은 제외합니다.',
  // sample, bench, gpu
  'draws a small set of photos of two classes, to try Thaw with':
    'Thaw를 시험해 볼 수 있도록 두 클래스의 작은 예제 사진을 그립니다',
  'absent or empty': '없거나 비어 있는 폴더',
  'another seed draws another set': '시드가 다르면 다른 사진을 그립니다',
  'photos to train with': '학습 사진 수',
  'photos to validate with': '검증 사진 수',
  'how fast this machine classifies and trains, on photos and weights made up for it':
    '만들어 낸 사진과 가중치로 이 컴퓨터가 분류하고 학습하는 속도를 측정합니다',
  'one of them': '그중 하나만 측정',
  'the graphics card, the opt-in GPU pack (Linux with an NVIDIA card), and how a card computes':
    '그래픽 카드, 선택해서 설치하는 GPU 팩(NVIDIA 카드가 있는 Linux), 카드의 계산 방식을 다룹니다',
  'cards, driver, pack and mode': '카드, 드라이버, GPU 팩, 계산 방식을 표시합니다',
  'fetches the GPU pack with the help of pip; goes on where it was interrupted':
    'pip를 이용해 GPU 팩을 다운로드합니다. 중단된 곳부터 이어집니다',
  'also where no usable card is found': '사용할 수 있는 카드가 없어도 설치',
  'deletes the GPU pack and what was fetched for it': 'GPU 팩과 다운로드한 파일을 삭제합니다',
  'how a card computes: the same bits again, as fast as cuDNN can, or not at all':
    '카드의 계산 방식을 정합니다: 비트까지 재현, cuDNN의 최고 속도, 사용 안 함',
  // serve, mcp
  'serves the app to a browser, with an address that only you are told':
    '브라우저에서 사용할 수 있도록 앱을 제공합니다. 주소는 실행한 사람에게만 표시합니다',
  '0 takes any that is free': '포트. 0이면 비어 있는 포트를 사용합니다',
  'where to listen; others than this machine’s own open Thaw to the network':
    '연결을 받을 주소. 이 컴퓨터 밖의 주소를 쓰면 Thaw가 네트워크에 열립니다',
  'further names it is reached under, for instance a proxy’s': '프록시 이름처럼 추가로 접속을 허용할 이름',
  'opens the browser': '브라우저 열기',
  'prints a fresh address of the server that runs already: each opens the page once':
    '이미 실행 중인 서버의 새 주소를 출력합니다. 주소마다 페이지를 한 번 열 수 있습니다',
  'From another computer: ssh -L 9000:127.0.0.1:8080 YOU@THIS-MACHINE, then the address with the port 9000.\nWith --json also the key for programs: Authorization: Bearer KEY.':
    '다른 컴퓨터에서 사용하려면 ssh -L 9000:127.0.0.1:8080 사용자@이-컴퓨터를 실행한 뒤, 주소의 포트를 9000으로 변경하세요.\n--json을 쓰면 프로그램용 키(Authorization: Bearer KEY)도 출력합니다.',
  'lets an assistant classify and file photos: the Model Context Protocol over standard input and output':
    'AI 도우미가 사진을 분류하고 정리할 수 있게 합니다(표준 입출력을 쓰는 Model Context Protocol)',
  'It reads and classifies. Photos are filed only by the id of a dry run (filing_plan), and every filing can be undone.':
    '사진을 읽고 분류합니다. 정리는 미리 확인한 목록(filing_plan)의 ID로만 실행하며, 모든 정리는 되돌릴 수 있습니다.',
  'An assistant starts it by itself, told of it for instance so:': 'AI 도우미가 직접 실행합니다. 설정 예:',
}
