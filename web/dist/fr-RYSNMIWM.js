var e=`Annuler
Fermer
Enregistrer
Réessayer
Retirer
Requête {0}
{0|e# sélectionné|# sélectionnés}
Équipe
{0|e# membre|# membres}
{0|e# invitation|# invitations}
Inviter des personnes
Quitter l’équipe
Exporter
{0} sur {1|e# place|# places}
{0|eLa seule place est occupée.|Les # places sont toutes occupées.}
Vous pouvez encore inviter à des rôles qui n’occupent pas de place.
Obtenir des places
Rechercher par nom ou e-mail
Afficher
Tous
Membres
Invités
Tout renvoyer
Invitations en attente
Filtres
Rôle
Statut
Arrivée
Trier
Indifférent
{0} +{1}
Effacer
7 derniers jours
Dernier mois
Dernière année
Nom, de A à Z
Nom, de Z à A
Arrivés en premier
Arrivés en dernier
Inactifs depuis le plus longtemps
Actifs récemment
Personnes
Nom
Dernière activité
Fuseau horaire
Actions
Actions pour {0}
Sélectionner {0}
Tout sélectionner
Actif
Inactif
Invité
Vous
Facturation
Jamais
Aucun rôle
jusqu’au {0}
{0|+#}
Expire {0}
Invité par {0}
E-mail non remis
E-mail refusé
E-mail revenu
Signalé comme spam
Refusée auparavant
Afficher plus
Continuer la recherche
Chargement
{0|e# personne trouvée|# personnes trouvées}
{0|Au moins # personnes trouvées}
Personne pour l’instant
Invitez les personnes avec qui vous travaillez. Elles reçoivent un e-mail avec un lien.
Personne trouvé
Personne ne correspond à cette recherche et à ces filtres.
Effacer la recherche et les filtres
Aucune invitation en attente
Les invitations sans réponse apparaissent ici.
Vous êtes membre de cette équipe.`;export{e as text};
