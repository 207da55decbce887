//! How a step that changes members is taken.

use crate::action::{Ask, MixGrant, Wish};
use crate::play::wanted;
use crate::world::World;
use muster_domain::rules::activation;
use muster_domain::rules::bulk::{self, RowError};
use muster_domain::rules::members::{Holdings, MemberUpdate, WantedGrant, update};
use muster_domain::{Changes, DecisionContext, Status, UserId, permission};
use std::collections::BTreeSet;
use std::convert::Infallible;

impl World {
    pub(crate) fn wanted_grant(&self, (number, role, end): &MixGrant) -> WantedGrant {
        WantedGrant {
            resource: self.found(&[*number]).remove(0),
            role: self.role(*role),
            expires_at: end.map(|hours| self.now + jiff::SignedDuration::from_hours(hours)),
        }
    }

    pub(crate) fn change_member(
        &self,
        scene: &DecisionContext<'_>,
        whom: usize,
        wish: &Wish,
        ids: &mut crate::world::Ids,
    ) -> Result<Changes, ()> {
        let target = self.members.get(&self.someone(whom));
        let one;
        let (role_id, resources, mix, mix_role);
        let holdings = match wish {
            Wish::One(ask) => {
                (role_id, resources, one) = (self.role(ask.role), self.found(&ask.programs), ask);
                Some(Holdings::One(wanted(&role_id, &resources, one.term())))
            }
            Wish::Mix { role: on, term, grants } => {
                mix = grants.iter().map(|g| self.wanted_grant(g)).collect::<Vec<_>>();
                mix_role = on.map(|number| self.role(number));
                let term = Ask {
                    role: 0,
                    programs: Vec::new(),
                    term: *term,
                }
                .term();
                Some(Holdings::Mix {
                    role: mix_role.as_ref(),
                    term: term.map(|t| t.parse().unwrap()),
                    grants: &mix,
                })
            }
            Wish::Name => None,
        };
        let name = holdings
            .is_none()
            .then(|| format!("Name {}", self.now).parse().unwrap());
        let request = MemberUpdate {
            holdings,
            name,
            profile: None,
            status: None,
        };
        update(scene, target, request, ids)
            .map(|r| r.1)
            .map_err(|r| self.explain_member(&r, target))
    }

    pub(crate) fn set_status(
        &self,
        scene: &DecisionContext<'_>,
        active: bool,
        rows: &[usize],
        ids: &mut crate::world::Ids,
    ) -> Result<Changes, ()> {
        let status = if active { Status::Active } else { Status::Inactive };
        if !scene.authority().allows_somewhere(permission::MEMBERS_MANAGE) {
            return Err(());
        }
        let rows: BTreeSet<UserId> = rows.iter().map(|number| self.someone(*number)).collect();
        let rows: Vec<UserId> = rows.into_iter().collect();
        let one = |scene: &DecisionContext<'_>, id: &UserId| {
            activation::set_status(scene, self.members.get(id), status, ids).map_err(RowError::<_, Infallible>::Refused)
        };
        let Ok(part) = bulk::decide(scene, &rows, one, |_, _| Ok(true));
        assert_eq!(part.verdicts.len(), rows.len(), "a verdict for each row");
        let decided = rows.iter().zip(&part.verdicts);
        let done: Vec<_> = decided
            .filter(|(_, verdict)| verdict.is_ok())
            .map(|(id, _)| *id)
            .collect();
        for pair in &part.changes.members {
            assert!(
                done.contains(&pair.before.as_ref().unwrap().id),
                "a refused row changed"
            );
        }
        if done.is_empty() { Err(()) } else { Ok(part.changes) }
    }
}
