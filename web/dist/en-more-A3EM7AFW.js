var e=`Change role
Activate
Deactivate
Remove from team
Edit invitation
Send again
Cancel invitation
Clear selection
Remove {0}?
{0} loses access at once. This frees their seat. Their API keys stop working.
Deactivate {0}?
{0} cannot sign in to this team until activated again. Roles are kept, and the seat is free meanwhile.
Cancel the invitation to {0}?
The link in the email stops working.
Leave {0}?
You lose access at once. To come back, you need an invitation.
I understand that this cannot be undone
{0|eRemove # person?|Remove # people?}
They lose access at once, and their API keys stop working.
{0|eDeactivate # person?|Deactivate # people?}
They cannot sign in to this team until they are activated again.
{0|eActivate # person?|Activate # people?}
They get the access back that their roles give, and take their seats again.
{0|eCancel # invitation?|Cancel # invitations?}
{0|eSend # invitation again?|Send # invitations again?}
Each person gets a new link. The old one stops working.
{0|eChange the role of # person|Change the role of # people}
{0|e# is left out:|# are left out:}
{0|e# was refused:|# were refused:}
Select these
{0} was removed
{0} was deactivated
{0} was activated
Invitation canceled
Sent to {0} again
Saved
You have left this team.
This team was deleted.
{0|eInvitation sent|# invitations sent}
{0|e# person added|# people added}
All pending invitations are being sent again
{0|# done}
Email addresses
Paste or type up to {0}, separated by commas or spaces.
At most {0} at a time.
Remove {0}
{0|eRemove this address|Remove these # addresses}
joins at once
No seat
For how long
No end
{0|e# month|# months}
Message
optional
A few words for the email
Only for addresses at {0}
{0|eSend invitation|Send # invitations}
Send invitations
{0|eTakes # seat|Takes # seats} of {1} free
{0|eTakes # seat|Takes # seats}
Takes no seat
{0|e# seat needed|# seats needed}, {1} free
Checking
There are no {0} yet.
Choose at least one.
Find {0}
Invitation to {0}
Role of {0}
{0} was changed meanwhile.
Access of {0}
No access
Your version
Stored now
Take mine
Take theirs
This person holds different roles in different places. The new role replaces all of them.
Join {0}
{0} has invited you to this team.
You are invited to this team.
For
Access
Open until
Accept invitation
Decline
Decline this invitation?
You get no further email invitations from this team.
Sign in to accept
Create an account
Use an account with the address {0}.
This invitation is for another address
It was sent to {0}. Sign in with an account that has this address.
Use another account
Your email address is not verified
Verify it with your identity provider, then try again.
This invitation has expired
Ask {0} for a new one.
This invitation was canceled
You have declined this invitation
If you have changed your mind, ask for a new one.
This invitation was already accepted
You can go on to the team.
A newer link was sent
Use the link in the latest email.
This invitation can no longer be accepted
This link does not work
It may be incomplete. Copy the whole link from the email.
Welcome to {0}
You are a member now.
Go to the team
the team
Suspended
API keys
API keys of {0}
Edit profile
A key acts for you, and never opens more than you can.
No API keys
Create key
Where it is used
Read only
It changes nothing.
Only for
Used {0}
Never used
Expired
Old secret ends {0}
Rotate
Rotate {0}?
You get a new secret. The old one works for {0|e# more hour|# more hours}.
Revoke
Revoke {0}?
It stops working at once, for good.
Your new key
Store it now. It is not shown again.
The secret cannot be shown
The key {0} was made, but its secret was lost on the way. Rotate it to get a new one. Earlier ones then stop working at once.
Copy
Copied
I have stored it
{0|e# day|# days}
As others see it
About
A short introduction
Skills
Separated by commas
Color
Default color
Color {0}
Notifications
Language of emails
Default
Teams
No teams yet
Teams that you create or join are listed here.
Create team
Kind
Current
Open
Member since {0}
{0|e# invitation waits for you|# invitations wait for you}
When somebody invites you, it shows here.
Accept
Settings
Invitations stay open
Message in invitations
Logo in emails
Color in emails
Optional roles
Turning a role off ends it at once for all who hold it.
Billing
Who pays for this team.
Transfer ownership
Another member takes your place, and you take another role.
New owner
Your role afterwards
Delete team
Everybody loses access at once.
Delete {0}?
Type “{0}” to confirm
Who has access
Give access
CSV
Excel
The file is being written: {0|e# row|# rows} so far.
You are signed out. Sign in to go on.
You are not allowed to do this.
Your membership is inactive.
This team is suspended.
You cannot give this role.
This is not there any more.
There are not enough seats.
The team needs one active member with this role. Give the role to somebody else first.
This person pays for the team. Name another person for billing first.
You cannot do this to yourself.
This role is not available for addresses of this domain.
The list is too long for one file.
This person has opted out of email from this team.
Somebody else changed this at the same moment. Try again.
This was changed meanwhile.
Something that was entered is not valid.
Some of the addresses cannot be invited.
This was sent again too often. Try again later.
No more email can be sent today.
Too many requests at once. Try again in a moment.
The service is not available for the moment.
The service cannot be reached. Check your connection.
Something went wrong.
is not an email address
is a member already
is invited already
cannot be invited
belongs to a person who is in this list already
got too many emails today
has a domain that this role is not for
is not verified, which this role needs
has a character that looks like another
is too long
is not a valid email address
cannot be used`;export{e as text};
