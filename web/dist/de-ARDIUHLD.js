var e=`Rolle ändern
Aktivieren
Deaktivieren
Aus dem Team entfernen
Einladung bearbeiten
Erneut senden
Einladung zurückziehen
Auswahl aufheben
{0} entfernen?
{0} verliert sofort den Zugang. Der Platz wird frei, und die API-Schlüssel funktionieren nicht mehr.
{0} deaktivieren?
{0} hat keinen Zugang zu diesem Team mehr, bis zur erneuten Aktivierung. Die Rollen bleiben erhalten, der Platz wird solange frei.
Einladung an {0} zurückziehen?
Der Link in der E-Mail funktioniert dann nicht mehr.
{0} verlassen?
Sie verlieren sofort den Zugang. Zurück kommen Sie nur mit einer Einladung.
Mir ist klar, dass dies nicht rückgängig gemacht werden kann
{0|e# Person entfernen?|# Personen entfernen?}
Sie verlieren sofort den Zugang, und ihre API-Schlüssel funktionieren nicht mehr.
{0|e# Person deaktivieren?|# Personen deaktivieren?}
Sie haben keinen Zugang zu diesem Team mehr, bis sie wieder aktiviert werden.
{0|e# Person aktivieren?|# Personen aktivieren?}
Sie erhalten den Zugang ihrer Rollen zurück und belegen wieder ihre Plätze.
{0|e# Einladung zurückziehen?|# Einladungen zurückziehen?}
{0|e# Einladung erneut senden?|# Einladungen erneut senden?}
Jede Person erhält einen neuen Link. Der alte funktioniert dann nicht mehr.
{0|eRolle von # Person ändern|Rolle von # Personen ändern}
{0|e# bleibt ausgenommen:|# bleiben ausgenommen:}
{0|e# wurde abgelehnt:|# wurden abgelehnt:}
Diese auswählen
{0} wurde entfernt
{0} wurde deaktiviert
{0} wurde aktiviert
Einladung zurückgezogen
Erneut an {0} gesendet
Gespeichert
Sie haben dieses Team verlassen.
Dieses Team wurde gelöscht.
{0|eEinladung gesendet|# Einladungen gesendet}
{0|e# Person hinzugefügt|# Personen hinzugefügt}
Alle offenen Einladungen werden erneut gesendet
{0|# erledigt}
E-Mail-Adressen
Bis zu {0} einfügen oder eingeben, getrennt durch Kommas oder Leerzeichen.
Höchstens {0} auf einmal.
{0} entfernen
{0|eDiese Adresse entfernen|Diese # Adressen entfernen}
tritt sofort bei
Ohne Platz
Für wie lange
Unbefristet
{0|e# Monat|# Monate}
Nachricht
optional
Ein paar Worte für die E-Mail
Nur für Adressen bei {0}
{0|eEinladung senden|# Einladungen senden}
Einladungen senden
{0|eBelegt # Platz|Belegt # Plätze} von {1} freien
{0|eBelegt # Platz|Belegt # Plätze}
Belegt keinen Platz
{0|e# Platz nötig|# Plätze nötig}, {1} frei
Wird geprüft
Noch keine Einträge unter {0}.
Wählen Sie mindestens einen Eintrag.
{0} durchsuchen
Einladung an {0}
Rolle von {0}
{0} wurde inzwischen geändert.
Zugang von {0}
Kein Zugang
Ihre Fassung
Jetzt gespeichert
Meine nehmen
Gespeicherte nehmen
Diese Person hat an verschiedenen Stellen verschiedene Rollen. Die neue Rolle ersetzt alle.
{0} beitreten
{0} lädt Sie in dieses Team ein.
Sie sind in dieses Team eingeladen.
Für
Zugang
Gültig bis
Einladung annehmen
Ablehnen
Diese Einladung ablehnen?
Sie erhalten von diesem Team keine Einladungen per E-Mail mehr.
Anmelden und annehmen
Konto erstellen
Verwenden Sie ein Konto mit der Adresse {0}.
Diese Einladung gilt einer anderen Adresse
Sie ging an {0}. Melden Sie sich mit einem Konto an, das diese Adresse hat.
Anderes Konto verwenden
Ihre E-Mail-Adresse ist nicht bestätigt
Bestätigen Sie sie bei Ihrem Anmeldedienst und versuchen Sie es dann erneut.
Diese Einladung ist abgelaufen
Bitten Sie {0} um eine neue.
Diese Einladung wurde zurückgezogen
Sie haben diese Einladung abgelehnt
Wenn Sie es sich anders überlegt haben, bitten Sie um eine neue.
Diese Einladung wurde schon angenommen
Sie können zum Team gehen.
Es wurde ein neuerer Link gesendet
Verwenden Sie den Link in der neuesten E-Mail.
Diese Einladung kann nicht mehr angenommen werden
Dieser Link funktioniert nicht
Vielleicht ist er unvollständig. Kopieren Sie den ganzen Link aus der E-Mail.
Willkommen bei {0}
Sie sind jetzt Mitglied.
Zum Team
das Team
Gesperrt
API-Schlüssel
API-Schlüssel von {0}
Profil bearbeiten
Ein Schlüssel handelt für Sie und öffnet nie mehr, als Sie dürfen.
Keine API-Schlüssel
Schlüssel erstellen
Wo er verwendet wird
Nur lesen
Er ändert nichts.
Nur für
Verwendet {0}
Nie verwendet
Abgelaufen
Altes Geheimnis endet {0}
Erneuern
{0} erneuern?
Sie erhalten ein neues Geheimnis. Das alte funktioniert noch {0|e# Stunde|# Stunden}.
Widerrufen
{0} widerrufen?
Er funktioniert sofort und endgültig nicht mehr.
Ihr neuer Schlüssel
Speichern Sie ihn jetzt. Er wird nicht noch einmal gezeigt.
Das Geheimnis kann nicht gezeigt werden
Der Schlüssel {0} wurde erstellt, aber sein Geheimnis ging unterwegs verloren. Erneuern Sie ihn, um ein neues zu erhalten. Frühere funktionieren dann sofort nicht mehr.
Kopieren
Kopiert
Ich habe ihn gespeichert
{0|e# Tag|# Tage}
Wie andere es sehen
Über mich
Eine kurze Vorstellung
Fähigkeiten
Durch Kommas getrennt
Farbe
Standardfarbe
Farbe {0}
Benachrichtigungen
Sprache der E-Mails
Standard
Teams
Noch keine Teams
Hier stehen Teams, die Sie anlegen oder denen Sie beitreten.
Team anlegen
Art
Aktuell
Öffnen
Mitglied seit {0}
{0|e# Einladung wartet auf Sie|# Einladungen warten auf Sie}
Wenn Sie jemand einlädt, steht es hier.
Annehmen
Einstellungen
Einladungen bleiben offen
Nachricht in Einladungen
Logo in E-Mails
Farbe in E-Mails
Optionale Rollen
Eine Rolle abzuschalten beendet sie sofort für alle, die sie haben.
Abrechnung
Wer für dieses Team bezahlt.
Team übergeben
Ein anderes Mitglied tritt an Ihre Stelle, und Sie erhalten eine andere Rolle.
Neue verantwortliche Person
Ihre Rolle danach
Team löschen
Alle verlieren sofort den Zugang.
{0} löschen?
Zur Bestätigung „{0}“ eingeben
Wer Zugang hat
Zugang geben
CSV
Excel
Die Datei wird geschrieben: bisher {0|e# Zeile|# Zeilen}.
Sie sind abgemeldet. Melden Sie sich an, um fortzufahren.
Das ist Ihnen nicht erlaubt.
Ihre Mitgliedschaft ist inaktiv.
Dieses Team ist gesperrt.
Diese Rolle können Sie nicht vergeben.
Das gibt es nicht mehr.
Es sind nicht genug Plätze frei.
Das Team braucht ein aktives Mitglied mit dieser Rolle. Geben Sie die Rolle zuerst jemand anderem.
Diese Person bezahlt für das Team. Benennen Sie zuerst eine andere für die Abrechnung.
Das können Sie nicht mit sich selbst tun.
Diese Rolle gibt es für Adressen dieser Domain nicht.
Die Liste ist zu lang für eine Datei.
Diese Person möchte keine E-Mails von diesem Team.
Jemand hat dies im selben Moment geändert. Versuchen Sie es erneut.
Das wurde inzwischen geändert.
Eine der Angaben ist ungültig.
Einige der Adressen können nicht eingeladen werden.
Das wurde zu oft erneut gesendet. Versuchen Sie es später.
Heute können keine E-Mails mehr gesendet werden.
Zu viele Anfragen auf einmal. Versuchen Sie es gleich noch einmal.
Der Dienst ist im Moment nicht verfügbar.
Der Dienst ist nicht erreichbar. Prüfen Sie Ihre Verbindung.
Etwas ist schiefgegangen.
ist keine E-Mail-Adresse
ist schon Mitglied
ist schon eingeladen
kann nicht eingeladen werden
gehört einer Person, die schon in dieser Liste steht
hat heute zu viele E-Mails erhalten
hat eine Domain, für die es diese Rolle nicht gibt
ist nicht bestätigt, was diese Rolle verlangt
hat ein Zeichen, das einem anderen ähnlich sieht
ist zu lang
ist keine gültige E-Mail-Adresse
kann nicht verwendet werden`;export{e as text};
