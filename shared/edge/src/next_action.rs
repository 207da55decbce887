//! The outcome of a decision: a change to write, keys to read first, or a reply.

use crate::reply::Reply;
use muster_domain::{Changes, Organization, RoleSet};
use muster_store::{Key, Standing};

/// The edge's action after a decision.
pub enum NextAction {
    /// Writes this change, and replies once it is written.
    Commit(Box<PendingChange>),
    /// Reads these keys and decides again. Few requests need this.
    Read(Vec<Key>),
    /// Replies, without a change.
    Reply(Reply),
}

/// A change that was decided but not yet written.
pub struct PendingChange {
    /// The changes.
    pub changes: Changes,
    /// The organization as it was read; `None` while it is being created.
    pub organization: Option<Organization>,
    /// Its role set.
    pub set: &'static RoleSet,
    /// The reply once the change is written.
    pub reply: Reply,
    /// The standing that the reply is stored for; `None` if it is not stored.
    pub standing: Option<Standing>,
}
