//! The five products as their texts have them: written from those, and not from the files that the rules read.

/// Whether a role goes with resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    Never,
    Maybe,
    Always,
}

/// What the texts say of one role.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) id: &'static str,
    /// Whether it holds everywhere.
    pub(crate) everywhere: bool,
    pub(crate) places: Places,
    pub(crate) seat: bool,
    /// Muster's own permissions.
    pub(crate) may: &'static [&'static str],
    /// Roles it gives and takes away.
    pub(crate) rules: &'static [&'static str],
    /// Roles it takes on, and drops, for itself.
    pub(crate) takes_on: &'static [&'static str],
}

/// One kind of product. The first role is the owners'.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) id: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) may_leave: bool,
    /// Whether there is one owner for ever, whose role nobody gives.
    pub(crate) one_owner: bool,
    /// The role for outside help: off until it is switched on, for a time, for allowed domains.
    pub(crate) helper: Option<&'static str>,
    pub(crate) roles: &'static [Said],
    /// Whom a story begins with, beside the founder.
    pub(crate) team: &'static [&'static str],
}

impl Kind {
    pub(crate) fn said(&self, role: &str) -> &Said {
        let said = self.roles.iter().find(|r| r.id == role);
        said.unwrap_or_else(|| panic!("the model does not know the role `{role}`"))
    }

    pub(crate) fn owner(&self) -> &'static str {
        self.roles[0].id
    }

    /// The role of a number; beyond the last there is one that does not exist.
    pub(crate) fn role(&self, number: usize) -> &'static str {
        self.roles.get(number).map_or("ghost", |r| r.id)
    }

    /// Numbers of the roles that go with resources; of all where none does, so that they are refused.
    pub(crate) fn placed(&self) -> Vec<usize> {
        let with = |n: &usize| self.roles[*n].places != Places::Never;
        let placed: Vec<usize> = (0..self.roles.len()).filter(with).collect();
        if placed.is_empty() {
            (0..self.roles.len()).collect()
        } else {
            placed
        }
    }
}

const ALL: &[&str] = &[
    "organization:update",
    "organization:delete",
    "members:read",
    "members:invite",
    "members:manage",
    "resources:read",
    "resources:manage",
    "events:read",
    "contacts:read",
    "contacts:manage",
];
/// All but deleting.
const RUNS: &[&str] = &[
    "organization:update",
    "members:read",
    "members:invite",
    "members:manage",
    "resources:read",
    "resources:manage",
    "events:read",
    "contacts:read",
    "contacts:manage",
];
const SEES: &[&str] = &["resources:read"];
const NONE: &[&str] = &[];

const fn over_all(id: &'static str, may: &'static [&'static str], rules: &'static [&'static str]) -> Said {
    Said {
        id,
        everywhere: true,
        places: Places::Never,
        seat: true,
        may,
        rules,
        takes_on: NONE,
    }
}

const fn on_some(id: &'static str, may: &'static [&'static str], rules: &'static [&'static str]) -> Said {
    Said {
        everywhere: false,
        places: Places::Always,
        ..over_all(id, may, rules)
    }
}

const BELOW_COACH: &[&str] = &["admin", "editor", "instructor", "support"];
const COACHING: Kind = Kind {
    id: "coaching-site",
    resource: "collection",
    may_leave: true,
    one_owner: true,
    helper: None,
    roles: &[
        over_all("owner", ALL, BELOW_COACH),
        over_all("admin", RUNS, BELOW_COACH),
        over_all("editor", &["resources:read", "resources:manage", "contacts:read"], NONE),
        on_some("instructor", &["resources:read", "contacts:read"], NONE),
        over_all("support", &["contacts:read"], NONE),
    ],
    team: &["admin", "editor", "instructor"],
};

const PRACTITIONERS: &[&str] = &["owner", "contributor", "participant"];
const PRACTICE: Kind = Kind {
    id: "client-practice",
    resource: "client",
    may_leave: true,
    one_owner: false,
    helper: None,
    roles: &[
        over_all("owner", ALL, PRACTITIONERS),
        Said {
            places: Places::Maybe,
            takes_on: &["contributor"],
            ..over_all("contributor", SEES, NONE)
        },
        Said {
            places: Places::Maybe,
            ..on_some("participant", SEES, NONE)
        },
    ],
    team: &["owner", "contributor", "contributor", "participant"],
};

const WORKERS: &[&str] = &["administrator", "collaborator"];
const WORKSPACE: Kind = Kind {
    id: "project-workspace",
    resource: "project",
    may_leave: false,
    one_owner: false,
    helper: None,
    roles: &[
        over_all("administrator", ALL, WORKERS),
        on_some("collaborator", SEES, NONE),
    ],
    team: &["administrator", "collaborator", "collaborator"],
};

const STUDIO_ALL: &[&str] = &["owner", "developer", "technical_editor", "editor"];
const STUDIO: Kind = Kind {
    id: "website-studio",
    resource: "site",
    may_leave: true,
    one_owner: false,
    helper: None,
    roles: &[
        over_all("owner", ALL, STUDIO_ALL),
        over_all(
            "developer",
            &[
                "members:read",
                "members:invite",
                "members:manage",
                "resources:read",
                "resources:manage",
                "contacts:read",
            ],
            &["developer", "technical_editor", "editor"],
        ),
        over_all("technical_editor", SEES, NONE),
        over_all("editor", SEES, NONE),
    ],
    team: &["developer", "technical_editor", "editor"],
};

const HELPER: &str = "implementation_admin";
const BELOW_OWNER: &[&str] = &[
    "admin",
    HELPER,
    "program_admin",
    "program_facilitator",
    "program_sponsor",
    "participant",
];
const DELIVERY: Kind = Kind {
    id: "program-delivery",
    resource: "program",
    may_leave: true,
    one_owner: false,
    helper: Some(HELPER),
    roles: &[
        over_all(
            "owner",
            ALL,
            &[
                "owner",
                "admin",
                HELPER,
                "program_admin",
                "program_facilitator",
                "program_sponsor",
                "participant",
            ],
        ),
        over_all("admin", RUNS, BELOW_OWNER),
        Said {
            seat: false,
            ..over_all(HELPER, RUNS, BELOW_OWNER)
        },
        on_some(
            "program_admin",
            &["members:read", "members:invite", "members:manage", "resources:read"],
            &["program_admin", "program_facilitator", "program_sponsor", "participant"],
        ),
        on_some(
            "program_facilitator",
            &["members:read", "members:manage", "resources:read"],
            &["participant"],
        ),
        on_some("program_sponsor", &["members:read", "resources:read"], NONE),
        Said {
            seat: false,
            places: Places::Maybe,
            ..on_some("participant", SEES, NONE)
        },
    ],
    team: &[HELPER, "program_admin", "program_facilitator", "participant"],
};

/// All five.
pub(crate) static KINDS: [Kind; 5] = [COACHING, PRACTICE, WORKSPACE, STUDIO, DELIVERY];
