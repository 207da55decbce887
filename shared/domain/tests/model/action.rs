//! What can happen, with people, roles and programs as small numbers.

use crate::kind::{Kind, Places};
use proptest::prelude::*;

/// People there are.
pub(crate) const PEOPLE: usize = 10;
/// Names of programs there are.
pub(crate) const PROGRAMS: usize = 4;
const TERMS: [Option<&str>; 4] = [None, Some("1_month"), Some("forever"), Some("4_months")];

/// A role with programs and a term, fitting or not.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) role: usize,
    pub(crate) programs: Vec<usize>,
    pub(crate) term: usize,
}

impl Ask {
    pub(crate) fn term(&self) -> Option<&'static str> {
        TERMS[self.term]
    }
}

/// One grant of a mix: program, role, and hours until its end.
pub(crate) type MixGrant = (usize, usize, Option<i64>);

/// What a change of a member asks for.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    One(Ask),
    Mix {
        role: Option<usize>,
        term: usize,
        grants: Vec<MixGrant>,
    },
    Name,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Invite { to: Vec<usize>, ask: Ask },
    Accept { which: usize, old_link: bool },
    Decline { which: usize },
    Cancel { which: usize },
    Resend { which: usize },
    ResendAll,
    ChangeInvitation { which: usize, ask: Option<Ask> },
    ChangeMember { whom: usize, wish: Wish },
    PutGrant { whom: usize, grant: MixGrant },
    DropGrant { whom: usize, program: usize },
    SetStatus { active: bool, rows: Vec<usize> },
    Remove { whom: usize },
    PutProgram { program: usize, name: usize },
    DeleteProgram { program: usize },
    Switch { on: bool },
    SetPlan { room: Option<i64>, partner: bool },
    MoveClock { hours: i64 },
    Expire,
    Work { which: usize, slice: usize },
}

/// Somebody does something.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) who: usize,
    pub(crate) what: What,
}

impl Action {
    pub(crate) fn name(&self) -> &'static str {
        match &self.what {
            What::Invite { .. } => "invite",
            What::Accept { .. } => "accept",
            What::Decline { .. } => "decline",
            What::Cancel { .. } => "cancel",
            What::Resend { .. } => "resend",
            What::ResendAll => "resend_all",
            What::ChangeInvitation { .. } => "change_invitation",
            What::ChangeMember { .. } => "change_member",
            What::PutGrant { .. } => "put_grant",
            What::DropGrant { .. } => "drop_grant",
            What::SetStatus { active: true, .. } => "activate",
            What::SetStatus { active: false, .. } => "deactivate",
            What::Remove { .. } => "remove",
            What::PutProgram { .. } => "put_program",
            What::DeleteProgram { .. } => "delete_program",
            What::Switch { .. } => "switch",
            What::SetPlan { .. } => "set_plan",
            What::MoveClock { .. } => "move_clock",
            What::Expire => "expire",
            What::Work { .. } => "work",
        }
    }
}

fn person() -> impl Strategy<Value = usize> {
    0..PEOPLE
}

fn programs() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        1 => Just(Vec::new()),
        4 => prop::collection::vec(0..2usize, 1..3),
        1 => prop::collection::vec(0..PROGRAMS, 1..3),
    ]
}

/// Whether a role is given for a time.
fn is_limited(kind: &Kind, role: usize) -> bool {
    Some(kind.role(role)) == kind.helper
}

/// Mostly one that fits, so that stories get somewhere.
fn ask(kind: &'static Kind) -> impl Strategy<Value = Ask> {
    let roles = kind.roles.len();
    let fitting = (0..roles, programs(), 1..3usize).prop_map(move |(role, mut programs, term)| {
        match kind.roles[role].places {
            Places::Never => programs.clear(),
            Places::Always if programs.is_empty() => programs.push(0),
            Places::Always | Places::Maybe => {}
        }
        let term = if is_limited(kind, role) { term } else { 0 };
        Ask { role, programs, term }
    });
    let any = (0..=roles, programs(), 0..4usize).prop_map(|(role, programs, term)| Ask { role, programs, term });
    prop_oneof![6 => fitting, 1 => any]
}

fn end() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![2 => Just(None), 3 => (1..600i64).prop_map(Some), 1 => (-50..1i64).prop_map(Some)]
}

/// A grant, mostly of a role that goes with resources, and mostly without an end.
fn one_grant(kind: &'static Kind) -> impl Strategy<Value = MixGrant> {
    let role = prop_oneof![6 => prop::sample::select(kind.placed()), 1 => 0..=kind.roles.len()];
    let end = prop_oneof![2 => Just(None), 1 => end()];
    (0..3usize, role, end)
}

fn wish(kind: &'static Kind) -> impl Strategy<Value = Wish> {
    let placed = kind.placed();
    let waiting = (0..kind.roles.len()).find(|n| !kind.roles[*n].everywhere && kind.roles[*n].places == Places::Maybe);
    let grants = prop::collection::vec((0..3usize, prop::sample::select(placed), end()), 0..4);
    let any = 0..=kind.roles.len();
    let role = prop::option::of((0..5usize, any).prop_map(move |(n, any)| waiting.filter(|_| n < 3).unwrap_or(any)));
    let mix = (role, 0..3usize, grants).prop_map(move |(role, term, grants)| {
        let term = if role.is_some_and(|role| is_limited(kind, role)) {
            term
        } else {
            0
        };
        Wish::Mix { role, term, grants }
    });
    prop_oneof![4 => ask(kind).prop_map(Wish::One), 4 => mix, 1 => Just(Wish::Name)]
}

fn what(kind: &'static Kind) -> impl Strategy<Value = What> {
    let which = || 0..12usize;
    prop_oneof![
        8 => (prop::collection::vec(person(), 1..4), ask(kind)).prop_map(|(to, ask)| What::Invite { to, ask }),
        10 => (which(), prop::bool::weighted(0.1)).prop_map(|(which, old_link)| What::Accept { which, old_link }),
        2 => which().prop_map(|which| What::Decline { which }),
        2 => which().prop_map(|which| What::Cancel { which }),
        4 => which().prop_map(|which| What::Resend { which }),
        1 => Just(What::ResendAll),
        3 => (which(), prop::option::weighted(0.8, ask(kind)))
            .prop_map(|(which, ask)| What::ChangeInvitation { which, ask }),
        10 => (person(), wish(kind)).prop_map(|(whom, wish)| What::ChangeMember { whom, wish }),
        6 => (person(), one_grant(kind)).prop_map(|(whom, grant)| What::PutGrant { whom, grant }),
        3 => (person(), 0..2usize).prop_map(|(whom, program)| What::DropGrant { whom, program }),
        4 => (any::<bool>(), prop::collection::vec(person(), 1..5))
            .prop_map(|(active, rows)| What::SetStatus { active, rows }),
        1 => person().prop_map(|whom| What::Remove { whom }),
        2 => (0..PROGRAMS, 0..3usize).prop_map(|(program, name)| What::PutProgram { program, name }),
        1 => (0..PROGRAMS).prop_map(|program| What::DeleteProgram { program }),
        2 => prop::bool::weighted(0.6).prop_map(|on| What::Switch { on }),
        1 => (prop::option::weighted(0.6, -2..5i64), prop::bool::weighted(0.8))
            .prop_map(|(room, partner)| What::SetPlan { room, partner }),
        4 => prop_oneof![4 => 1..60i64, 1 => 100..900i64].prop_map(|hours| What::MoveClock { hours }),
        2 => Just(What::Expire),
        5 => (0..3usize, 1..4usize).prop_map(|(which, slice)| What::Work { which, slice }),
    ]
}

/// A story: who does what, one after another.
pub(crate) fn story(kind: &'static Kind, steps: usize) -> impl Strategy<Value = Vec<Action>> {
    let action = (person(), what(kind)).prop_map(|(who, what)| Action { who, what });
    prop::collection::vec(action, 40..=steps)
}

/// What comes before every story: resources, helpers switched on, and one of most roles.
pub(crate) fn prelude(kind: &'static Kind) -> Vec<Action> {
    let mut steps = vec![
        What::PutProgram { program: 0, name: 0 },
        What::PutProgram { program: 1, name: 1 },
        What::SetPlan {
            room: None,
            partner: true,
        },
    ];
    steps.extend(kind.helper.map(|_| What::Switch { on: true }));
    for id in kind.team {
        let role = kind.roles.iter().position(|r| r.id == *id).unwrap();
        let programs = if kind.roles[role].places == Places::Never {
            vec![]
        } else {
            vec![0, 1]
        };
        // The second of the free addresses is one that helpers may have, as long as nobody but the founder is there.
        let limited = is_limited(kind, role);
        steps.push(What::Invite {
            to: vec![usize::from(limited)],
            ask: Ask {
                role,
                programs,
                term: usize::from(limited),
            },
        });
        steps.push(What::Accept {
            which: 0,
            old_link: false,
        });
    }
    let founder = |what| Action { who: 0, what };
    steps.into_iter().map(founder).collect()
}
