var e=`Abbrechen
Schließen
Speichern
Erneut versuchen
Entfernen
Anfrage {0}
{0|# ausgewählt}
Team
{0|e# Mitglied|# Mitglieder}
{0|# eingeladen}
Personen einladen
Team verlassen
Exportieren
{0} von {1|e# Platz|# Plätzen}
{0|eDer einzige Platz ist belegt.|Alle # Plätze sind belegt.}
In Rollen ohne Platz können Sie weiterhin einladen.
Mehr Plätze
Nach Name oder E-Mail suchen
Anzeigen
Alle
Mitglieder
Eingeladen
Alle erneut senden
Offene Einladungen
Filter
Rolle
Status
Beigetreten
Sortieren
Beliebig
{0} +{1}
Zurücksetzen
Letzte 7 Tage
Letzter Monat
Letztes Jahr
Name, A bis Z
Name, Z bis A
Zuerst beigetreten
Zuletzt beigetreten
Am längsten inaktiv
Zuletzt aktiv
Personen
Name
Zuletzt aktiv
Zeitzone
Aktionen
Aktionen für {0}
{0} auswählen
Alle auswählen
Aktiv
Inaktiv
Eingeladen
Sie
Abrechnung
Nie
Keine Rolle
bis {0}
{0|+#}
Läuft {0} ab
Eingeladen von {0}
E-Mail unzustellbar
E-Mail abgelehnt
E-Mail zurückgekommen
Als Spam gemeldet
Früher abgelehnt
Mehr laden
Weiter suchen
Wird geladen
{0|e# Person gefunden|# Personen gefunden}
{0|Mindestens # Personen gefunden}
Noch niemand hier
Laden Sie die Menschen ein, mit denen Sie arbeiten. Sie erhalten eine E-Mail mit einem Link.
Niemand gefunden
Zu dieser Suche und diesen Filtern passt niemand.
Suche und Filter zurücksetzen
Keine offenen Einladungen
Hier stehen Einladungen, die noch nicht beantwortet sind.
Sie sind Mitglied dieses Teams.`;export{e as text};
