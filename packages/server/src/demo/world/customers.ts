import type { Random } from '../random.ts'
import { REGIONS, type Region } from './languages.ts'

export type Plan = 'free' | 'plus' | 'business'
export type Customer = { id: string; name: string; first: string; email: string; region: Region; plan: Plan; city: string }

/** The sixty people who write in, always the same ones for the same seed. */
export function customers(random: Random): Customer[] {
  return Object.entries(NAMES).flatMap(([region, names]) =>
    names.split(', ').map((entry) => {
      const [name = '', latin = name] = entry.split(' = ')
      const slug = latin
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .toLowerCase()
        .replace(/[^a-z]+/g, '.')
      return {
        id: `cus_${random.hex(8)}`,
        name,
        first: name.split(' ')[0] ?? name,
        email: `${slug}@example.${region === 'us' || region === 'in' ? 'com' : 'net'}`,
        region: region as Region,
        plan: random.weighted({ free: 55, plus: 35, business: 10 }),
        city: random.pick(REGIONS[region as Region].cities),
      }
    }),
  )
}

/** `Name = Latin letters of it`, where it has others. */
const NAMES: Record<Region, string> = {
  us: 'Olivia Grant, Marcus Bell, Priya Raman, Ethan Cole, Sofia Alvarez, Daniel Okafor, Hannah Weiss, Tyler Brooks, Mei Chen, Jordan Hayes, Grace Kim, Luis Ortega, Amara Diallo, Noah Fischer',
  gb: 'Imogen Clarke, Callum Reid, Zainab Hussain, Oliver Marsh, Freya Lindsay, Rhys Morgan, Beatrice Hale, Tom Ashworth, Nadia Rahman, George Pemberton, Aoife Byrne, Sam Whitlock',
  de: 'Katharina Vogel, Jens Brandt, Aylin Demir, Lukas Hofmann, Miriam Schäfer, Stefan Krüger, Lena Böhm, Thomas Wagner, Nele Petersen, Markus Feldmann',
  in: 'अनीता शर्मा = Anita Sharma, राहुल वर्मा = Rahul Verma, सुनील यादव = Sunil Yadav, कविता जोशी = Kavita Joshi, मोहम्मद इरफ़ान = Mohammed Irfan, पूजा मिश्रा = Pooja Mishra, विकास गुप्ता = Vikas Gupta, दीपिका नायर = Deepika Nair',
  jp: '佐藤 美咲 = Misaki Sato, 田中 健一 = Kenichi Tanaka, 鈴木 遥 = Haruka Suzuki, 高橋 大輔 = Daisuke Takahashi, 渡辺 由美 = Yumi Watanabe, 小林 翔 = Sho Kobayashi, 伊藤 真理子 = Mariko Ito',
  es: 'Lucía Navarro, Javier Molina, Carmen Ibáñez, Diego Serrano, Elena Prieto',
  fr: 'Camille Laurent, Hugo Marchand, Inès Benali, Mathieu Rousseau',
}
