//! A letter of each kind, with invented people: for the check of an operator's templates, and for those who design them.

use super::{AccessEnded, AccessEnding, Added, Content, Invitation, LetterError, Line, Quotation, ResourceNames};
use jiff::Timestamp;
use muster_domain::email::{EmailAddress, EmailAddressError};
use muster_domain::language::Language;
use muster_domain::mail::EndReason;

/// A sample.
pub struct Sample {
    /// Its name, such as `access-ended-on-resource`.
    pub name: &'static str,
    /// What it says.
    pub content: Content,
}

/// The reader of all samples.
///
/// # Errors
/// None: the address is valid.
pub fn reader() -> Result<EmailAddress, EmailAddressError> {
    "sam@example.com".parse()
}

/// A message that fills an invitation.
const LONGEST: usize = 2_000;
/// The link of an invitation, as long as a real one.
const LINK: &str = "https://app.example.com/invitations/0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f607";

/// The people and texts of one language.
struct Cast {
    author: &'static str,
    resources: [&'static str; 2],
    message: &'static str,
    reason: &'static str,
}

const fn cast(language: Language) -> Cast {
    match language {
        Language::English => Cast {
            author: "Olivia Martin",
            resources: ["Spring cohort", "Autumn cohort"],
            message: "Hi Sam,\n\nwe start on Monday. The plan is at docs.example.com.\nOlivia",
            reason: "The last invoice is unpaid.",
        },
        Language::German => Cast {
            author: "Jonas Weber",
            resources: ["Frühjahrskurs", "Herbstkurs"],
            message: "Hallo Sam,\n\nwir beginnen am Montag. Der Plan steht unter docs.example.com.\nJonas",
            reason: "Die letzte Rechnung ist nicht bezahlt.",
        },
        Language::French => Cast {
            author: "Chloé Laurent",
            resources: ["Promotion de printemps", "Promotion d’automne"],
            message: "Bonjour Sam,\n\nnous commençons lundi. Le plan est sur docs.example.com.\nChloé",
            reason: "La dernière facture est impayée.",
        },
        Language::Spanish => Cast {
            author: "Lucía García",
            resources: ["Curso de primavera", "Curso de otoño"],
            message: "Hola, Sam:\n\nempezamos el lunes. El plan está en docs.example.com.\nLucía",
            reason: "La última factura está pendiente de pago.",
        },
        Language::Arabic => Cast {
            author: "ليلى حداد",
            resources: ["دورة الربيع", "دورة الخريف"],
            message: "مرحبًا سام،\n\nنبدأ يوم الاثنين. الخطة على docs.example.com.\nليلى",
            reason: "لم تُسدد الفاتورة الأخيرة.",
        },
    }
}

/// All samples of a language. `mark` is added to each text that people write.
///
/// # Errors
/// None: the link is valid.
pub fn all(language: Language, mark: &str) -> Result<Vec<Sample>, LetterError> {
    let Cast {
        author,
        resources,
        message,
        reason,
    } = cast(language);
    let at = Timestamp::from_second(1_796_000_400).unwrap_or(Timestamp::UNIX_EPOCH);
    let marked = |text: &str| format!("{text}{mark}");
    let organization = Line::organization(&marked("Acme"));
    let role = Line::new(&marked("Program Admin"));
    let names: Vec<String> = resources.iter().map(|name| marked(name)).collect();
    let joined = resources.join(" & ");
    let several: Vec<String> = (1..=5).map(|number| marked(&format!("{joined} {number}"))).collect();
    let many: Vec<String> = (1..=25)
        .map(|number| marked(&format!("{} {number}", joined.repeat(4))))
        .collect();
    let on = |names: &[String]| ResourceNames::from(names);
    let invitation = Invitation {
        organization: organization.clone(),
        role: role.clone(),
        resources: on(&names),
        inviter: Line::person(&marked(author)),
        message: Quotation::from(marked(message).as_str()),
        link: LINK.parse()?,
        expires_at: at,
    };
    let added = Added {
        organization: organization.clone(),
        role: role.clone(),
        resources: on(&names),
        by: invitation.inviter.clone(),
        message: invitation.message.clone(),
        link: "https://app.example.com".parse()?,
    };
    let ending = |names: &[String], days| {
        Content::AccessEnding(AccessEnding {
            organization: organization.clone(),
            role: role.clone(),
            resources: on(names),
            ends_at: at,
            days,
        })
    };
    let ended = |names: &[String], reason| {
        Content::AccessEnded(AccessEnded {
            organization: organization.clone(),
            role: role.clone(),
            resources: on(names),
            reason,
        })
    };
    let resumed = |next| Content::OrganizationResumed {
        organization: organization.clone(),
        next,
    };
    let one = names.get(..1).unwrap_or_default();
    let plain = Invitation {
        resources: ResourceNames::default(),
        message: Quotation::default(),
        ..invitation.clone()
    };
    let longest = Invitation {
        resources: on(&many),
        message: Quotation::from(marked(&"&é ".repeat(LONGEST / 3)).as_str()),
        ..invitation.clone()
    };
    let added_plain = Added {
        resources: ResourceNames::default(),
        message: Quotation::default(),
        ..added.clone()
    };
    let letters = [
        ("invitation", Content::Invitation(invitation)),
        ("invitation-plain", Content::Invitation(plain)),
        ("invitation-longest", Content::Invitation(longest)),
        ("added", Content::Added(added)),
        ("added-plain", Content::Added(added_plain)),
        ("access-ending", ending(&[], 7)),
        ("access-ending-on-resources", ending(&several, 1)),
        ("access-ended", ended(&[], EndReason::Expired)),
        ("access-ended-on-resource", ended(one, EndReason::SwitchedOff)),
        (
            "organization-deleted",
            Content::OrganizationDeleted {
                organization: organization.clone(),
                restorable_until: at,
            },
        ),
        (
            "organization-erased",
            Content::OrganizationErased {
                organization: organization.clone(),
            },
        ),
        (
            "organization-suspended",
            Content::OrganizationSuspended {
                organization: organization.clone(),
                suspended_at: at,
                reason: Quotation::from(marked(reason).as_str()),
            },
        ),
        ("organization-resumed", resumed(None)),
        ("organization-resumed-for-now", resumed(Some(at))),
    ];
    Ok(letters.map(|(name, content)| Sample { name, content }).into())
}
