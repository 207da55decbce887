// The words of the page itself. The elements bring theirs.

const en = {
  team: "Team",
  profile: "Profile",
  keys: "API keys",
  settings: "Settings",
  teams: "Teams",
  invitations: "Invitations",
  invitation: "Invitation",
  pages: "Pages",
  signIn: "Sign in",
  signOut: "Sign out",
  welcome: "Your team",
  welcomeText: "Sign in to see your team, invite people, and answer invitations.",
  failed: (reason: string) => `You could not be signed in: ${reason}.`,
  unreachable: "The sign-in service could not be reached.",
  ended: "Your session has ended. Sign in again to go on.",
  loading: "Loading",
};
type Texts = typeof en;

const de: Texts = {
  team: "Team",
  profile: "Profil",
  keys: "API-Schlüssel",
  settings: "Einstellungen",
  teams: "Teams",
  invitations: "Einladungen",
  invitation: "Einladung",
  pages: "Seiten",
  signIn: "Anmelden",
  signOut: "Abmelden",
  welcome: "Ihr Team",
  welcomeText: "Melden Sie sich an, um Ihr Team zu sehen, Personen einzuladen und Einladungen zu beantworten.",
  failed: (reason) => `Die Anmeldung ist fehlgeschlagen: ${reason}.`,
  unreachable: "Der Anmeldedienst ist nicht erreichbar.",
  ended: "Ihre Sitzung ist beendet. Melden Sie sich wieder an, um fortzufahren.",
  loading: "Wird geladen",
};

const fr: Texts = {
  team: "Équipe",
  profile: "Profil",
  keys: "Clés d’API",
  settings: "Paramètres",
  teams: "Équipes",
  invitations: "Invitations",
  invitation: "Invitation",
  pages: "Pages",
  signIn: "Se connecter",
  signOut: "Se déconnecter",
  welcome: "Votre équipe",
  welcomeText: "Connectez-vous pour voir votre équipe, inviter des personnes et répondre aux invitations.",
  failed: (reason) => `La connexion a échoué : ${reason}.`,
  unreachable: "Le service de connexion est injoignable.",
  ended: "Votre session est terminée. Reconnectez-vous pour continuer.",
  loading: "Chargement",
};

const es: Texts = {
  team: "Equipo",
  profile: "Perfil",
  keys: "Claves de API",
  settings: "Ajustes",
  teams: "Equipos",
  invitations: "Invitaciones",
  invitation: "Invitación",
  pages: "Páginas",
  signIn: "Iniciar sesión",
  signOut: "Cerrar sesión",
  welcome: "Su equipo",
  welcomeText: "Inicie sesión para ver su equipo, invitar a personas y responder a invitaciones.",
  failed: (reason) => `No se pudo iniciar sesión: ${reason}.`,
  unreachable: "No se puede conectar con el servicio de inicio de sesión.",
  ended: "Su sesión ha terminado. Inicie sesión de nuevo para continuar.",
  loading: "Cargando",
};

const ar: Texts = {
  team: "الفريق",
  profile: "الملف الشخصي",
  keys: "مفاتيح API",
  settings: "الإعدادات",
  teams: "الفرق",
  invitations: "الدعوات",
  invitation: "دعوة",
  pages: "الصفحات",
  signIn: "تسجيل الدخول",
  signOut: "تسجيل الخروج",
  welcome: "فريقك",
  welcomeText: "سجّل الدخول لعرض فريقك ودعوة الأشخاص والرد على الدعوات.",
  failed: (reason) => `تعذّر تسجيل دخولك: ${reason}.`,
  unreachable: "تعذّر الوصول إلى خدمة تسجيل الدخول.",
  ended: "انتهت جلستك. سجّل الدخول مرة أخرى للمتابعة.",
  loading: "جارٍ التحميل",
};

const all: Record<string, Texts> = { en, de, fr, es, ar };
const wanted = navigator.languages.map((tag) => tag.split("-")[0] ?? "");

/** The first of the reader's languages that the page speaks. */
export const language = wanted.find((tag) => tag in all) ?? "en";
export const texts: Texts = all[language] ?? en;
