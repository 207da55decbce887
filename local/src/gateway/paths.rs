//! The choice of a request's route, as in API Gateway.

use percent_encoding::percent_decode_str;

/// The key of the route for requests that match no other.
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

/// The route that a request matches.
#[derive(Debug, PartialEq, Eq)]
pub struct Match<'a, T> {
    /// The key, as in `routeKey`: `GET /v1/organizations/{org}`, or `$default`.
    pub key: &'a str,
    /// Where the route leads.
    pub target: &'a T,
    /// The path's parameters.
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

    /// Resolves a request by its method and its path, as returned by [`decoded`].
    ///
    /// API Gateway considers only routes of the method, and prefers the route with the earlier literal segment.
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
    /// The path's parameters, if the path matches this route.
    fn parameters(&self, path: &str) -> Option<Vec<(&str, String)>> {
        let mut parameters = Vec::new();
        let mut parts = segments(path);
        for segment in &self.segments {
            let part = parts.next()?;
            match segment {
                Segment::Literal(literal) if literal == part => {}
                Segment::Parameter(name) if !part.is_empty() => {
                    parameters.push((name.as_str(), part.to_owned()));
                }
                Segment::Literal(_) | Segment::Parameter(_) => return None,
            }
        }
        parts.next().is_none().then_some(parameters)
    }

    /// Whether each segment is literal. The result compares greater the earlier a literal comes.
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

/// A path as API Gateway reads it: decoded once, before anything else, and cut at a `?` that results. So routes and functions
/// see `%2F` as a slash, and `%252F` as `%2F`.
///
/// Invalid UTF-8 becomes the replacement character.
pub fn decoded(sent: &str) -> String {
    let mut path = percent_decode_str(sent).decode_utf8_lossy().into_owned();
    if let Some(end) = path.find('?') {
        path.truncate(end);
    }
    path
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
        routes().resolve(method, &super::decoded(path)).target
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
    fn a_path_is_decoded_once_before_it_is_cut() {
        for (sent, path) in [
            ("/a%20b+%C3%A4", "/a b+ä"),
            ("/a%2Fb", "/a/b"),
            ("/a%252Fb", "/a%2Fb"),
            ("/a%3Fb=c", "/a"),
            ("/a%3fb%3Fc", "/a"),
            ("/a%253Fb", "/a%3Fb"),
            ("%2F%3F", "/"),
            ("/a%23b", "/a#b"),
            ("/100%-%zz%", "/100%-%zz%"),
            ("/%ff", "/\u{fffd}"),
        ] {
            assert_eq!(super::decoded(sent), path, "{sent}");
        }
    }

    #[test]
    fn routes_see_the_decoded_path() {
        assert_eq!(taken("GET", "/v1%2Finvitations%2Fx"), "preview");
        assert_eq!(taken("GET", "/v1/invitations/a%2Fb"), "nothing");
        assert_eq!(taken("GET", "/v1/invitations/%2F"), "nothing");
        assert_eq!(taken("GET", "/docs%3Fa=b"), "docs");
        assert_eq!(taken("GET", "/docs%3F/v1"), "docs");
        let routes = routes();
        let path = super::decoded("/v1/invitations/a%252Fb%20c+%C3%A4%3Fx");
        let found = routes.resolve("GET", &path);
        assert_eq!(found.key, "GET /v1/invitations/{token}");
        assert_eq!(found.parameters, [("token", "a%2Fb c+ä".to_owned())]);
    }
}
