import { disassemble, getChoseong, hasBatchim, josa } from 'es-hangul'

/** Only initial consonants, as Koreans shorten words: ㅅㅈ for 설정. */
export const isInitials = (text: string): boolean => /^[ㄱ-ㅎ\s]+$/.test(text)

export const holdsHangul = (text: string): boolean => /[ㄱ-ㅣ가-힣]/.test(text)

/** With every Hangul character replaced, and all others as they are. Each is looked up once: es-hangul takes seconds for the paths of 100,000 photos. */
function hangulReplaced(by: (character: string) => string): (text: string) => string {
  const known = new Map<string, string>()
  return (text) =>
    text.replace(/[ㄱ-ㅣ가-힣]/g, (character) => {
      let found = known.get(character)
      if (found === undefined) known.set(character, (found = by(character)))
      return found
    })
}

/** In the letters that are typed for it (NFC): 서 is the beginning of 선, and 갑 of 가방, while they are being typed; ㄳ is ㄱ and ㅅ. */
export const lettersOf = hangulReplaced(disassemble)

/** With each syllable by its initial consonant (NFC): 설정 1 as ㅅㅈ 1. */
export const initialsOf = hangulReplaced((character) => getChoseong(character) || character)

/** The pairs of particles that our texts may hold in brackets: `“{file}”[을/를]`. The first one follows a final consonant. */
const pairs = [
  '을/를',
  '이/가',
  '은/는',
  '과/와',
  '으로/로',
  '이라는/라는',
  '이나/나',
  '이라고/라고',
] as const

const pair = new RegExp(`\\[(${pairs.join('|')})\\]`, 'g')

/** What may stand between a word and its particle without being spoken: quotation marks, brackets, Unicode's isolates. */
const unspoken = /[\s"'’”»)\]}>\u200e\u200f\u2066-\u2069\u202a-\u202e.,:;!?…]+$/u

/** Puts in the particles that fit the last sound of the word before them: Hangul, numbers as they are read, Latin letters. */
export function withParticles(text: string): string {
  return text.replace(pair, (_, choice: (typeof pairs)[number], at: number) => {
    const sound = lastSound(text.slice(0, at))
    // 으로 alone looks at which consonant it is: 파일로.
    if (choice === '으로/로') return josa.pick(sound, choice)
    return choice.split('/')[hasBatchim(sound) ? 0 : 1]!
  })
}

/** A Hangul syllable that ends as the text does when it is read aloud. */
function lastSound(text: string): string {
  const word = text.replace(unspoken, '')
  const last = word.at(-1) ?? ''
  if (last >= '가' && last <= '힣') return last
  const number = /[\d,.]*\d$/.exec(word)?.[0]
  if (number) return lastOfNumber(number)
  // 1.9 GB, 600 MiB, 40%, 3%p: 바이트, 퍼센트, 퍼센트포인트.
  if (/\d\s?([kKMGT]i?)?B$|%p?$/.test(word)) return '트'
  return lastOfLatin(/[a-z]+$/i.exec(word)?.[0] ?? '')
}

const digits = ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구']
/** Of an integer's trailing zeros: 10 십, 100 백, 1,000 천, from 10,000 on 만, from 100,000,000 on 억. */
const powers = ['', '십', '백', '천', '만', '만', '만', '만', '억']

function lastOfNumber(text: string): string {
  const isInteger = !text.includes('.')
  const plain = text.replaceAll(',', '')
  const zeros = /0*$/.exec(plain)![0].length
  if (isInteger && zeros > 0 && zeros < plain.length) return powers[Math.min(zeros, powers.length - 1)]!
  return digits[Number(plain.at(-1))]!
}

/** The names of the letters that end in a consonant: 엘, 엠, 엔, 알. */
const letters: Readonly<Record<string, string>> = { l: '엘', m: '엠', n: '엔', r: '알' }

/** Words as they are usually written in Hangul (map 맵, apple 애플, bee 비), abbreviations letter by letter (PNG 피엔지). */
function lastOfLatin(word: string): string {
  const isSpelled = word.length < 2 || word === word.toUpperCase() || !/[aeiouy]/i.test(word)
  const lower = word.toLowerCase()
  if (isSpelled) return letters[lower.at(-1) ?? ''] ?? '이'
  if (lower.endsWith('ng')) return '잉'
  // A silent e leaves the consonant before it at the end: name 네임, file 파일.
  const ending = lower.replace(/(?<=[lmn])e$/, '').at(-1)!
  if (ending === 'l') return '일'
  if (ending === 'm') return '임'
  if (ending === 'n') return '인'
  // A stop after a short vowel closes the syllable (cat 캣, map 맵), after others it opens one of its own (test 테스트).
  return /(^|[^aeiouy])[aeiou](ck|[ckpt])$/.test(lower) ? '익' : '이'
}
