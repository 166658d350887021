export const LANGUAGES = ['en', 'de', 'hi', 'ja', 'es', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

/** What differs between the countries the shop sells to. */
export const REGIONS = {
  us: { language: 'en', currency: 'USD', locale: 'en-US', carriers: ['UPS', 'FedEx'], cities: ['Denver', 'Portland', 'Austin', 'Madison'] },
  gb: {
    language: 'en',
    currency: 'GBP',
    locale: 'en-GB',
    carriers: ['Royal Mail', 'Evri'],
    cities: ['Leeds', 'Bristol', 'Glasgow', 'Norwich'],
  },
  de: { language: 'de', currency: 'EUR', locale: 'de-DE', carriers: ['DHL', 'Hermes'], cities: ['Köln', 'Leipzig', 'Freiburg', 'Bremen'] },
  in: { language: 'hi', currency: 'INR', locale: 'en-IN', carriers: ['Delhivery', 'Blue Dart'], cities: ['पुणे', 'जयपुर', 'लखनऊ', 'इंदौर'] },
  jp: { language: 'ja', currency: 'JPY', locale: 'ja-JP', carriers: ['ヤマト運輸', '佐川急便'], cities: ['横浜', '仙台', '福岡', '札幌'] },
  es: { language: 'es', currency: 'EUR', locale: 'es-ES', carriers: ['Correos', 'SEUR'], cities: ['Valencia', 'Bilbao', 'Granada'] },
  fr: { language: 'fr', currency: 'EUR', locale: 'fr-FR', carriers: ['Colissimo', 'Chronopost'], cities: ['Lyon', 'Nantes', 'Annecy'] },
} as const satisfies Record<
  string,
  { language: Language; currency: string; locale: string; carriers: readonly string[]; cities: readonly string[] }
>
export type Region = keyof typeof REGIONS
