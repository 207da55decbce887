//! Exports: the list of people as a file that leaves Muster, made immediately or in the background.

pub mod sheet;

use crate::id::{ExportId, KeyId, OrganizationId, UserId};
use crate::people::Selection;
use crate::text::TimeZoneName;
use crate::vocabulary::vocabulary;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an export can be fetched, and how long making it may take.
pub const EXPORT_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// How long the link to a file works.
pub const LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How often a slice of an export is tried before the export fails.
pub const MAX_TRIES: u8 = 5;
/// Half the wait after the first failed attempt at a slice: the wait doubles with each failed attempt. After a throttle, the whole
/// wait.
pub const RETRY_PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// How long the slice that writes a workbook may run before it counts as dead: longer than its function can run.
pub const WORKBOOK_STALL_TIMEOUT: SignedDuration = SignedDuration::from_mins(6);

vocabulary! {
    /// The format of the file.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Format {
        /// Text, with one line for each person.
        Csv = "csv",
        /// An Excel workbook.
        Xlsx = "xlsx",
    }
}

impl Format {
    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A requested export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportRequest {
    /// The format of the file.
    pub format: Format,
    /// The time zone of its times.
    pub timezone: TimeZoneName,
    /// The people to export, and their order.
    pub filter: Selection,
    /// Whether the file has columns for the sources of roles.
    #[serde(default)]
    pub sources: bool,
    /// Whether the file has a column of the identity provider's subjects.
    #[serde(default)]
    pub subjects: bool,
}

vocabulary! {
    /// The state of an export.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum State {
        /// It is being made.
        Running = "running",
        /// The file can be fetched.
        Ready = "ready",
        /// It failed; another one can be requested.
        Failed = "failed",
    }
}

/// An export that is made in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// The organization.
    pub organization: OrganizationId,
    /// The member who asked for it.
    pub by: UserId,
    /// The API key that made the request, if one did.
    pub key: Option<KeyId>,
    /// The request.
    #[serde(flatten)]
    pub wanted: ExportRequest,
    /// Its state.
    pub state: State,
    /// The rows read so far; in the end, all rows.
    pub rows: u64,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// Rises with each change.
    pub version: u64,
}

impl Export {
    /// Whether it has not expired.
    #[must_use]
    pub fn is_there(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// The path of its file.
    #[must_use]
    pub fn file(&self) -> String {
        let name = self.wanted.file_name(self.created_at);
        format!("exports/{}/{}/{name}", self.organization, self.id)
    }

    /// The path of one of its parts while it is made. The mark depends on the content: the same part written twice is one file,
    /// and another attempt with other content is another file, which is never read.
    #[must_use]
    pub fn part(&self, number: usize, mark: &str) -> String {
        format!("exports/{}/{}/part-{number:06}-{mark}", self.organization, self.id)
    }
}

impl ExportRequest {
    /// The name of the file for an export of this instant: plain ASCII, which every browser accepts.
    #[must_use]
    pub fn file_name(&self, at: Timestamp) -> String {
        let day = sheet::Sheet::new(self.timezone.clone()).local(at).date();
        format!("members-{day}.{}", self.format)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export() -> Export {
        Export {
            id: ExportId::from_bytes([0; 16]),
            organization: OrganizationId::from_bytes([0; 16]),
            by: UserId::from_bytes([0; 16]),
            key: None,
            wanted: ExportRequest {
                format: Format::Xlsx,
                timezone: "Asia/Tokyo".parse().unwrap(),
                filter: Selection::default(),
                sources: false,
                subjects: false,
            },
            state: State::Ready,
            rows: 0,
            created_at: "2026-03-10T20:00:00Z".parse().unwrap(),
            expires_at: "2026-03-11T20:00:00Z".parse().unwrap(),
            version: 1,
        }
    }

    #[test]
    fn a_format_is_read_and_shown_by_its_name() {
        for (text, format) in [("csv", Format::Csv), ("xlsx", Format::Xlsx)] {
            assert_eq!((text.parse(), format.to_string().as_str()), (Ok(format), text));
        }
        for text in ["", "CSV", "xls"] {
            let refused = text.parse::<Format>().unwrap_err();
            assert_eq!(refused.to_string(), "must be one of csv, xlsx", "{text}");
        }
    }

    #[test]
    fn a_browser_is_told_what_the_file_is() {
        assert_eq!(Format::Csv.media_type(), "text/csv; charset=utf-8");
        assert_eq!(
            Format::Xlsx.media_type(),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        );
    }

    #[test]
    fn an_export_is_gone_from_the_instant_of_its_end_on() {
        for (now, there) in [
            ("2026-03-11T19:59:59.999Z", true),
            ("2026-03-11T20:00:00Z", false),
            ("2026-03-12T00:00:00Z", false),
        ] {
            assert_eq!(export().is_there(now.parse().unwrap()), there, "{now}");
        }
    }

    #[test]
    fn a_file_has_the_day_of_its_own_time_zone_and_its_parts_stand_beside_it_in_their_order() {
        let export = export();
        let folder = "exports/org_0000000000000000000000/exp_0000000000000000000000";
        assert_eq!(export.file(), format!("{folder}/members-2026-03-11.xlsx"));
        assert_eq!(export.part(7, "a1"), format!("{folder}/part-000007-a1"));
        assert!(export.part(9, "b") < export.part(10, "a"));
    }
}
