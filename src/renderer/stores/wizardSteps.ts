export const wizardSteps = ['photos', 'preparation', 'network', 'layers', 'settings', 'review'] as const
export type WizardStep = (typeof wizardSteps)[number]
