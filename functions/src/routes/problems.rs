//! The problems of a route: those that follow from its line in the table, and those that the line lists.

use super::route::{Access, Route, Trait};
use muster_edge::Problem;
use muster_edge::problem::ProblemType::{
    self, BodyTooLarge, Conflict, EmailMismatch, EmailNotVerified, Forbidden, IdempotencyKeyReused, Internal,
    InvalidQuery, InvalidRequest, InvitationAlreadyAccepted, InvitationCancelled, InvitationDeclined,
    InvitationExpired, MalformedIdempotencyKey, MalformedIfMatch, MalformedIfNoneMatch, MalformedJson, MemberInactive,
    NotFound, OrganizationSuspended, PreconditionFailed, ReadOnlyKey, SignInRequired, Throttled, Unauthorized,
    Unavailable, UnsupportedMediaType,
};
use std::collections::{BTreeMap, BTreeSet};

/// The types of problems, by the status that they have on a route.
pub type ByStatus = BTreeMap<u16, BTreeSet<ProblemType>>;

impl Route {
    /// The types of all problems that a request of this route can get.
    #[must_use]
    pub fn problems(&self) -> BTreeSet<ProblemType> {
        let derived = self.derived().into_iter().filter(|(follows, _)| *follows);
        let derived = derived.flat_map(|(_, types)| types);
        let all = derived.chain(&[Internal]).chain(self.own_problems);
        all.copied().collect()
    }

    /// The same, by their statuses.
    #[must_use]
    pub fn problems_by_status(&self) -> ByStatus {
        let mut all = ByStatus::new();
        for kind in self.problems() {
            all.entry(self.status(kind)).or_default().insert(kind);
        }
        all
    }

    /// The status of a problem of this type on this route: the usual one, unless the callers of the route expect another.
    #[must_use]
    pub const fn status(&self, kind: ProblemType) -> u16 {
        match (self.access, kind) {
            // The standard of access decisions has 400 for every invalid request.
            (Access::Asker, InvalidRequest | UnsupportedMediaType) => 400,
            // An ended invitation is gone for its invitee. For members, it is in another state than their change requires.
            (
                Access::Invitee,
                InvitationExpired | InvitationCancelled | InvitationDeclined | InvitationAlreadyAccepted,
            ) => 410,
            // For an invitee, a suspension is a state of the organization; for members, it takes their access.
            (Access::Invitee, OrganizationSuspended) => 409,
            _ => kind.status(),
        }
    }

    /// A problem of a handler, with the status that its type has on this route.
    pub(crate) fn answered(&self, problem: Problem) -> Problem {
        let status = problem.problem_type().map_or(problem.status, |kind| self.status(kind));
        Problem { status, ..problem }
    }

    /// The types that follow from the rest of the line, each set with whether it does.
    fn derived(&self) -> [(bool, &'static [ProblemType]); 16] {
        let (access, changes, writes) = (self.access, self.changes(), self.writes());
        let (is_public, is_inside) = (access == Access::Public, access.is_inside());
        let (is_invitee, is_asker) = (access == Access::Invitee, access == Access::Asker);
        let is_of_members = is_inside && access != Access::Platform;
        let is_of_api = self.method != "ANY";
        let is_conditional = is_of_api && self.method != "POST" && !self.answers_file;
        let uses_table = self.calls.iter().any(|call| call.starts_with("dynamodb:"));
        [
            // The parts of the request. A route without a body refuses one that says something.
            (true, &[MalformedIfMatch, MalformedIfNoneMatch]),
            (is_of_api && !self.has(Trait::IsTeamPage), &[InvalidQuery]),
            (is_conditional, &[PreconditionFailed]),
            (
                changes,
                &[MalformedJson, BodyTooLarge, UnsupportedMediaType, InvalidRequest],
            ),
            (
                self.method == "POST" && writes,
                &[MalformedIdempotencyKey, IdempotencyKeyReused],
            ),
            // The caller.
            (!is_public, &[Unauthorized]),
            (!is_public && !access.takes_keys(), &[SignInRequired]),
            (is_inside && changes && access.takes_keys(), &[ReadOnlyKey]),
            (is_inside || is_asker || is_invitee, &[Forbidden]),
            (is_inside || is_invitee, &[NotFound]),
            (is_of_members || is_asker, &[MemberInactive]),
            // A decision point answers that nothing is allowed.
            (is_of_members, &[OrganizationSuspended]),
            (is_invitee, &[EmailMismatch, EmailNotVerified]),
            // The calls of its function. The keys of the identity provider, which tokens are checked with, count as one.
            (writes, &[Conflict]),
            (uses_table, &[Throttled]),
            (!is_public || !self.calls.is_empty(), &[Unavailable]),
        ]
    }

    /// Whether its method is one that changes something.
    fn changes(&self) -> bool {
        matches!(self.method, "POST" | "PUT" | "PATCH" | "DELETE")
    }

    /// Whether its function writes transactions.
    fn writes(&self) -> bool {
        self.may("dynamodb:TransactWriteItems")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::ROUTES;

    #[test]
    fn each_type_of_the_catalog_is_a_problem_of_some_route_with_each_of_its_statuses() {
        let mut answered: BTreeMap<ProblemType, BTreeSet<u16>> = BTreeMap::new();
        for route in ROUTES {
            for kind in route.problems() {
                answered.entry(kind).or_default().insert(route.status(kind));
            }
        }
        for kind in ProblemType::ALL {
            let named: BTreeSet<u16> = kind.statuses().iter().copied().collect();
            assert_eq!(answered.get(kind), Some(&named), "{kind:?}");
        }
    }

    #[test]
    fn a_line_lists_no_problem_that_follows_from_it() {
        for route in ROUTES {
            let alone = Route {
                own_problems: &[],
                ..*route
            };
            let derived = alone.problems();
            let listed: BTreeSet<_> = route.own_problems.iter().copied().collect();
            assert_eq!(
                listed.len(),
                route.own_problems.len(),
                "{} lists one twice",
                route.binary
            );
            assert!(listed.is_disjoint(&derived), "{}: {listed:?}", route.binary);
        }
    }
}
