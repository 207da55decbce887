var e=`Changer le rôle
Activer
Désactiver
Retirer de l’équipe
Modifier l’invitation
Renvoyer
Annuler l’invitation
Effacer la sélection
Retirer {0} ?
{0} perd son accès immédiatement. Sa place se libère et ses clés d’API cessent de fonctionner.
Désactiver {0} ?
{0} n’a plus accès à cette équipe jusqu’à sa réactivation. Ses rôles sont conservés et sa place est libre entre-temps.
Annuler l’invitation de {0} ?
Le lien de l’e-mail cesse de fonctionner.
Quitter {0} ?
Vous perdez votre accès immédiatement. Pour revenir, il vous faut une invitation.
Je comprends que c’est irréversible
{0|eRetirer # personne ?|Retirer # personnes ?}
Elles perdent leur accès immédiatement, et leurs clés d’API cessent de fonctionner.
{0|eDésactiver # personne ?|Désactiver # personnes ?}
Elles n’ont plus accès à cette équipe jusqu’à leur réactivation.
{0|eActiver # personne ?|Activer # personnes ?}
Elles retrouvent l’accès que donnent leurs rôles et reprennent leurs places.
{0|eAnnuler # invitation ?|Annuler # invitations ?}
{0|eRenvoyer # invitation ?|Renvoyer # invitations ?}
Chaque personne reçoit un nouveau lien. L’ancien cesse de fonctionner.
{0|eChanger le rôle de # personne|Changer le rôle de # personnes}
{0|e# est exclu :|# sont exclus :}
{0|e# refus :|# refus :}
Sélectionner ceux-ci
{0} ne fait plus partie de l’équipe
{0} : désactivation faite
{0} : activation faite
Invitation annulée
Renvoyée à {0}
Enregistré
Vous avez quitté cette équipe.
Cette équipe a été supprimée.
{0|eInvitation envoyée|# invitations envoyées}
{0|e# personne ajoutée|# personnes ajoutées}
Toutes les invitations en attente sont renvoyées
{0|e# effectué|# effectués}
Adresses e-mail
Collez ou saisissez jusqu’à {0} adresses, séparées par des virgules ou des espaces.
{0} au maximum à la fois.
Retirer {0}
{0|eRetirer cette adresse|Retirer ces # adresses}
rejoint aussitôt
Sans place
Pour combien de temps
Sans fin
{0|e# mois|# mois}
Message
facultatif
Quelques mots pour l’e-mail
Seulement pour les adresses de {0}
{0|eEnvoyer l’invitation|Envoyer # invitations}
Envoyer les invitations
{0|eOccupe # place|Occupe # places} sur {1} libres
{0|eOccupe # place|Occupe # places}
N’occupe pas de place
{0|e# place nécessaire|# places nécessaires}, {1} libres
Vérification
{0} : rien pour l’instant.
Choisissez-en au moins un.
Rechercher : {0}
Invitation de {0}
Rôle de {0}
{0} a été modifié entre-temps.
Accès de {0}
Aucun accès
Votre version
Version enregistrée
Garder la mienne
Prendre l’autre
Cette personne a des rôles différents à différents endroits. Le nouveau rôle les remplace tous.
Rejoindre {0}
{0} vous invite dans cette équipe.
Vous êtes invité dans cette équipe.
Pour
Accès
Valable jusqu’au
Accepter l’invitation
Refuser
Refuser cette invitation ?
Vous ne recevrez plus d’invitations par e-mail de cette équipe.
Se connecter pour accepter
Créer un compte
Utilisez un compte avec l’adresse {0}.
Cette invitation est pour une autre adresse
Elle a été envoyée à {0}. Connectez-vous avec un compte qui a cette adresse.
Utiliser un autre compte
Votre adresse e-mail n’est pas vérifiée
Vérifiez-la auprès de votre fournisseur d’identité, puis réessayez.
Cette invitation a expiré
Demandez-en une nouvelle à {0}.
Cette invitation a été annulée
Vous avez refusé cette invitation
Si vous avez changé d’avis, demandez-en une nouvelle.
Cette invitation a déjà été acceptée
Vous pouvez continuer vers l’équipe.
Un lien plus récent a été envoyé
Utilisez le lien de l’e-mail le plus récent.
Cette invitation ne peut plus être acceptée
Ce lien ne fonctionne pas
Il est peut-être incomplet. Copiez le lien entier depuis l’e-mail.
Bienvenue chez {0}
Vous êtes maintenant membre.
Aller à l’équipe
l’équipe
Suspendue
Clés d’API
Clés d’API de {0}
Modifier le profil
Une clé agit pour vous et n’ouvre jamais plus que vous.
Aucune clé d’API
Créer une clé
Où elle est utilisée
Lecture seule
Elle ne modifie rien.
Seulement pour
Utilisée {0}
Jamais utilisée
Expirée
L’ancien secret expire {0}
Renouveler
Renouveler {0} ?
Vous recevez un nouveau secret. L’ancien fonctionne encore {0|e# heure|# heures}.
Révoquer
Révoquer {0} ?
Elle cesse de fonctionner aussitôt et définitivement.
Votre nouvelle clé
Conservez-la maintenant. Elle ne sera plus affichée.
Le secret ne peut pas être affiché
La clé {0} a été créée, mais son secret s’est perdu en route. Renouvelez-la pour en recevoir un nouveau. Les précédents cessent alors aussitôt de fonctionner.
Copier
Copié
Je l’ai conservée
{0|e# jour|# jours}
Vu par les autres
À propos
Une courte présentation
Compétences
Séparées par des virgules
Couleur
Couleur par défaut
Couleur {0}
Notifications
Langue des e-mails
Par défaut
Équipes
Aucune équipe pour l’instant
Les équipes que vous créez ou rejoignez apparaissent ici.
Créer une équipe
Type
Actuelle
Ouvrir
Membre depuis le {0}
{0|e# invitation vous attend|# invitations vous attendent}
Quand quelqu’un vous invite, cela apparaît ici.
Accepter
Paramètres
Les invitations restent valables
Message des invitations
Logo des e-mails
Couleur des e-mails
Rôles facultatifs
Désactiver un rôle y met fin aussitôt pour tous ceux qui l’ont.
Facturation
Qui paie pour cette équipe.
Transférer l’équipe
Un autre membre prend votre place, et vous prenez un autre rôle.
Nouveau responsable
Votre rôle ensuite
Supprimer l’équipe
Tout le monde perd l’accès aussitôt.
Supprimer {0} ?
Saisissez « {0} » pour confirmer
Qui a accès
Donner accès
CSV
Excel
Le fichier est en cours d’écriture : {0|e# ligne|# lignes} pour l’instant.
Vous êtes déconnecté. Connectez-vous pour continuer.
Vous n’en avez pas le droit.
Votre adhésion est inactive.
Cette équipe est suspendue.
Vous ne pouvez pas donner ce rôle.
Cela n’existe plus.
Il n’y a pas assez de places.
L’équipe a besoin d’un membre actif avec ce rôle. Donnez d’abord le rôle à quelqu’un d’autre.
Cette personne paie pour l’équipe. Désignez d’abord quelqu’un d’autre pour la facturation.
Vous ne pouvez pas le faire pour vous-même.
Ce rôle n’est pas disponible pour les adresses de ce domaine.
La liste est trop longue pour un fichier.
Cette personne ne souhaite pas d’e-mails de cette équipe.
Quelqu’un d’autre a fait une modification au même moment. Réessayez.
Cela a été modifié entre-temps.
Une des valeurs saisies n’est pas valide.
Certaines adresses ne peuvent pas être invitées.
Elle a été renvoyée trop souvent. Réessayez plus tard.
Plus aucun e-mail ne peut être envoyé aujourd’hui.
Trop de requêtes à la fois. Réessayez dans un instant.
Le service est momentanément indisponible.
Le service est injoignable. Vérifiez votre connexion.
Une erreur s’est produite.
n’est pas une adresse e-mail
est déjà membre
est déjà invité
ne peut pas être invité
appartient à une personne déjà dans cette liste
a reçu trop d’e-mails aujourd’hui
a un domaine pour lequel ce rôle n’existe pas
n’est pas vérifiée, ce que ce rôle exige
contient un caractère qui ressemble à un autre
est trop longue
n’est pas une adresse e-mail valide
ne peut pas être utilisée`;export{e as text};
