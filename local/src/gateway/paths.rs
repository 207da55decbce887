//! Which route a request takes, as API Gateway decides it.

use percent_encoding::percent_decode_str;

/// The key of the route that takes what no other does.
pub const DEFAULT: &str = "$default";

/// The routes of an HTTP API, each leading to a `T`.
#[derive(Debug)]
pub struct Routes<T> {
    routes: Vec<Route<T>>,
    fallback: T,
}

#[derive(Debug)]
struct Route<T> {
    key: String,
    method: String,
    segments: Vec<Segment>,
    target: T,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

/// The route that a request takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Match<'a, T> {
    /// As in `routeKey`: `GET /v1/organizations/{org}`, or `$default`.
    pub key: &'a str,
    /// Where the route leads.
    pub target: &'a T,
    /// The path's parameters, percent-decoded.
    pub parameters: Vec<(&'a str, String)>,
}

impl<T> Routes<T> {
    /// A table of routes, given as method, path and target.
    pub fn new<'r>(routes: impl IntoIterator<Item = (&'r str, &'r str, T)>, fallback: T) -> Self {
        let routes = routes
            .into_iter()
            .map(|(method, path, target)| Route {
                key: format!("{method} {path}"),
                method: method.to_owned(),
                segments: segments(path).map(Segment::new).collect(),
                target,
            })
            .collect();
        Self { routes, fallback }
    }

    /// Resolves a request by its method and its path as it was sent.
    ///
    /// API Gateway prefers the route with the earlier literal segment, and considers only routes of the method.
    pub fn resolve(&self, method: &str, path: &str) -> Match<'_, T> {
        self.routes
            .iter()
            .filter(|route| route.method == method)
            .filter_map(|route| Some((route, route.parameters(path)?)))
            .max_by_key(|(route, _)| route.literals())
            .map_or(
                Match {
                    key: DEFAULT,
                    target: &self.fallback,
                    parameters: Vec::new(),
                },
                |(route, parameters)| Match {
                    key: &route.key,
                    target: &route.target,
                    parameters,
                },
            )
    }
}

impl<T> Route<T> {
    /// The path's parameters, if the path is this route's.
    ///
    /// A segment is cut out before it is decoded, so an encoded slash stays inside its parameter.
    fn parameters(&self, path: &str) -> Option<Vec<(&str, String)>> {
        let mut parameters = Vec::new();
        let mut sent = segments(path);
        for segment in &self.segments {
            let sent = decode(sent.next()?);
            match segment {
                Segment::Literal(literal) if *literal == sent => {}
                Segment::Parameter(name) if !sent.is_empty() => {
                    parameters.push((name.as_str(), sent));
                }
                Segment::Literal(_) | Segment::Parameter(_) => return None,
            }
        }
        sent.next().is_none().then_some(parameters)
    }

    /// Whether each segment is literal: compares greater the earlier a literal stands.
    fn literals(&self) -> Vec<bool> {
        self.segments
            .iter()
            .map(|segment| matches!(segment, Segment::Literal(_)))
            .collect()
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => Self::Parameter(name.to_owned()),
            None => Self::Literal(text.to_owned()),
        }
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

/// Percent-decodes; what is no UTF-8 then becomes the replacement character.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes<&'static str> {
        Routes::new(
            [
                ("GET", "/v1/invitations/{token}", "preview"),
                ("POST", "/v1/organizations/{org}/invitations", "create"),
                ("POST", "/v1/organizations/{org}/invitations/{one}", "one"),
                ("POST", "/v1/organizations/{org}/invitations/resend", "all"),
                ("GET", "/v1/organizations/{org}/invitations/{one}", "get"),
                ("GET", "/docs", "docs"),
            ],
            "nothing",
        )
    }

    fn taken(method: &str, path: &str) -> &'static str {
        routes().resolve(method, path).target
    }

    #[test]
    fn a_literal_segment_beats_a_parameter() {
        let invitations = "/v1/organizations/org_1/invitations";
        assert_eq!(taken("POST", &format!("{invitations}/resend")), "all");
        assert_eq!(taken("POST", &format!("{invitations}/inv_1")), "one");
        // The literal route has no GET, so the name is an id here.
        assert_eq!(taken("GET", &format!("{invitations}/resend")), "get");
    }

    #[test]
    fn what_no_route_takes_is_the_default() {
        for (method, path) in [
            ("GET", "/v1/organizations/org_1/invitations"),
            ("TRACE", "/docs"),
            ("get", "/docs"),
            ("GET", "/docs/"),
            ("GET", "/"),
            ("GET", ""),
            ("OPTIONS", "*"),
            ("GET", "/v1/invitations/"),
            ("GET", "//v1/invitations/x"),
            ("GET", "/v1/invitations/x/y"),
        ] {
            let routes = routes();
            let found = routes.resolve(method, path);
            assert_eq!((found.key, *found.target), (DEFAULT, "nothing"), "{path}");
        }
    }

    #[test]
    fn parameters_are_decoded_after_the_path_is_cut() {
        let routes = routes();
        let found = routes.resolve("GET", "/v1/invitations/a%2Fb%20c+%C3%A4");
        assert_eq!(found.key, "GET /v1/invitations/{token}");
        assert_eq!(found.parameters, [("token", "a/b c+ä".to_owned())]);
    }

    #[test]
    fn a_broken_escape_is_taken_as_it_is() {
        let routes = routes();
        let found = routes.resolve("GET", "/v1/invitations/100%-%ff");
        assert_eq!(found.parameters, [("token", "100%-\u{fffd}".to_owned())]);
    }
}
