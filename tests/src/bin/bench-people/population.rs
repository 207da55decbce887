//! People of a made-up organization: the same ones for the same number of them.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use muster_domain::invitation::Delivery;
use muster_domain::member::{Grant, Profile, RoleAssignment};
use muster_domain::time::days_after;
use muster_domain::{
    EmailAddress, Giver, Invitation, InvitationId, InvitationState, Member, Organization, Person, Resource, RoleId,
    RoleSet, RoleSource, SourceKind, Status, UserId,
};

/// Roles, the people of each in a million, and whether it is held on the organization.
const ROLES: [(&str, usize, bool); 6] = [
    ("owner", 200, true),
    ("admin", 2_000, true),
    ("implementation_admin", 300, true),
    ("program_admin", 10_000, false),
    ("program_facilitator", 40_000, false),
    ("program_sponsor", 20_000, false),
];
/// People that everything has at least, so that a page of a few rows is full at any size.
const AT_LEAST: usize = 12;
/// The surname of [`AT_LEAST`] people, however many there are; all of them are called by a common name.
const RARE: &str = "Quillfeather";
const COMMON: &str = "Anna";
const FIRST: [&str; 40] = [
    "Anna",
    "Maria",
    "David",
    "Thomas",
    "José",
    "Zoë",
    "Łukasz",
    "Mohammed",
    "Wei",
    "Aisha",
    "Noah",
    "Emma",
    "Liam",
    "Olga",
    "Priya",
    "Yuki",
    "Chen",
    "Fatima",
    "Ivan",
    "Sofía",
    "Björn",
    "Chloé",
    "Dmitri",
    "Elena",
    "François",
    "Grace",
    "Hana",
    "Igor",
    "Jürgen",
    "Kofi",
    "Leila",
    "Mateo",
    "Nadia",
    "Omar",
    "Paulo",
    "Quentin",
    "Rosa",
    "Sven",
    "Tariq",
    "Ursula",
];
const LAST: [&str; 50] = [
    "Smith",
    "García",
    "Müller",
    "Nguyen",
    "Kim",
    "Silva",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "O'Brien",
    "Rossi",
    "Dubois",
    "Andersson",
    "Novák",
    "Yamamoto",
    "Okafor",
    "Haddad",
    "Cohen",
    "Papadopoulos",
    "Fernández",
    "Weber",
    "Larsen",
    "Popescu",
    "Horvat",
    "Nowak",
    "Singh",
    "Patel",
    "Khan",
    "Chen",
    "Wang",
    "Tanaka",
    "Sato",
    "Park",
    "Lee",
    "Brown",
    "Taylor",
    "Wilson",
    "Martin",
    "Clark",
    "Lewis",
    "Walker",
    "Young",
    "Allen",
    "King",
    "Wright",
    "Scott",
    "Green",
    "Baker",
    "Adams",
    "Nelson",
];
const DOMAINS: [&str; 8] = [
    "example.com",
    "school.example",
    "clinic.example",
    "studio.example",
    "uni.example",
    "mail.example",
    "works.example",
    "north.example",
];
/// Days over which people joined.
const DAYS: u64 = 1_500;

/// What people are made for.
pub(crate) struct Setting<'a> {
    pub(crate) organization: &'a Organization,
    pub(crate) set: &'a RoleSet,
    pub(crate) programs: &'a [Resource],
    pub(crate) inviter: UserId,
    pub(crate) now: Timestamp,
}

/// `size` people, the one who is there already apart.
pub(crate) fn people<'a>(setting: &'a Setting<'a>, size: usize) -> impl Iterator<Item = Person> + 'a {
    let pending = AT_LEAST.max(size / 50);
    let mut rng = Rng::with_seed(size as u64);
    (1..size).map(move |n| {
        if n <= pending {
            Person::Invitation(Box::new(invitation(setting, &mut rng, n)))
        } else {
            Person::Member(Box::new(member(setting, &mut rng, n - pending - 1, size)))
        }
    })
}

/// The role of the member of this number: each has some, and participants are the rest.
fn role(rng: &mut Rng, number: usize, size: usize) -> (&'static str, bool) {
    let mut fixed = ROLES.iter().flat_map(|(role, _, everywhere)| {
        let some = AT_LEAST.min(size / 10);
        std::iter::repeat_n((*role, *everywhere), some)
    });
    if let Some(role) = fixed.nth(number) {
        return role;
    }
    let mut drawn = rng.usize(..1_000_000);
    for (role, share, everywhere) in ROLES {
        match drawn.checked_sub(share) {
            Some(rest) => drawn = rest,
            None => return (role, everywhere),
        }
    }
    ("participant", false)
}

fn name(rng: &mut Rng, number: usize) -> (String, String) {
    if number % 7 == 3 && number < 7 * AT_LEAST {
        return (COMMON.to_owned(), RARE.to_owned());
    }
    // A few are very common: the first ones of each list.
    let skewed = |rng: &mut Rng, count: usize| (rng.usize(..count) * rng.usize(..=100)) / 101;
    let first = FIRST[skewed(rng, FIRST.len())];
    let last = LAST[skewed(rng, LAST.len())];
    (first.to_owned(), last.to_owned())
}

fn email_address(rng: &mut Rng, first: &str, last: &str, number: usize) -> EmailAddress {
    let plain = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphabetic)
            .collect::<String>()
            .to_lowercase()
    };
    let domain = DOMAINS[rng.usize(..DOMAINS.len())];
    format!("{}.{}{number}@{domain}", plain(first), plain(last))
        .parse()
        .unwrap()
}

fn held(setting: &Setting<'_>, role: &str) -> RoleAssignment {
    let role: RoleId = role.parse().unwrap();
    RoleAssignment {
        epoch: setting.organization.epoch(&role),
        role,
        expires_at: None,
        source: Some(RoleSource {
            kind: SourceKind::Assigned,
            by: Some(Giver::Member(setting.inviter)),
            at: setting.now,
        }),
    }
}

fn member(setting: &Setting<'_>, rng: &mut Rng, number: usize, size: usize) -> Member {
    let (first, last) = name(rng, number);
    let (role, everywhere) = role(rng, number, size);
    let mut grants = Vec::new();
    if !everywhere {
        // One program is everybody's: a third of all is on it.
        let program = if number.is_multiple_of(3) {
            0
        } else {
            rng.usize(1..setting.programs.len())
        };
        grants.push(program);
        grants.extend((rng.usize(..4) == 0).then(|| rng.usize(1..setting.programs.len())));
        grants.dedup();
    }
    let grant = |at: usize| Grant {
        resource: setting.programs[at].reference.clone(),
        held: held(setting, role),
    };
    let ago = if number % 7 == 5 && number < 7 * AT_LEAST {
        rng.u64(..6)
    } else {
        rng.u64(8..DAYS)
    };
    let joined_at = setting.now - SignedDuration::from_millis((ago * 86_400_000 + rng.u64(..86_400_000)) as i64);
    let since = setting.now.duration_since(joined_at).as_secs().max(1) as u64;
    let is_inactive = number % 20 == 19 || (number % 5 == 1 && number < 5 * AT_LEAST);
    Member {
        id: UserId::from_bytes(rng.u128(..).to_be_bytes()),
        subject: None,
        organization: setting.organization.id,
        email: email_address(rng, &first, &last, number),
        vouched_by: None,
        name: Some(format!("{first} {last}").parse().unwrap()),
        status: if is_inactive { Status::Inactive } else { Status::Active },
        role: everywhere.then(|| held(setting, role)),
        grants: grants.into_iter().map(grant).collect(),
        seat: false,
        keys: 0,
        keys_valid_from: joined_at,
        profile: Profile {
            timezone: "Europe/Berlin".parse().ok(),
            ..Profile::default()
        },
        joined_at,
        last_active_at: (rng.usize(..5) > 0).then(|| joined_at + SignedDuration::from_secs(rng.u64(..since) as i64)),
        due_at: None,
        version: 0,
    }
    .recomputed(setting.set, setting.now)
}

fn invitation(setting: &Setting<'_>, rng: &mut Rng, number: usize) -> Invitation {
    let (first, last) = name(rng, usize::MAX - number);
    let sent_at = setting.now - SignedDuration::from_secs(rng.u64(..86_400) as i64);
    let role = "participant";
    Invitation {
        id: InvitationId::from_bytes(rng.u128(..).to_be_bytes()),
        organization: setting.organization.id,
        email: email_address(rng, &first, &last, number + 10_000_000),
        role: role.parse().unwrap(),
        resources: vec![setting.programs[rng.usize(..setting.programs.len())].reference.clone()],
        term: None,
        epoch: 0,
        message: None,
        invited_by: setting.inviter,
        sent_through: None,
        api_key: None,
        inviter_name: Some("Olivia".parse().unwrap()),
        generation: 1,
        state: InvitationState::Pending,
        mail: Delivery::Sent,
        seat: false,
        created_at: sent_at,
        sent_at,
        expires_at: days_after(sent_at, 30),
        ended_at: None,
        accepted_by: None,
        cancel_reason: None,
        language: None,
        version: 1,
    }
}
