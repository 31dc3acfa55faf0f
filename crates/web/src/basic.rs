//! HTTP Basic (RFC 7617) for programs that know nothing else: the password is an access token, the user name any text.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Longest header that is read, in bytes.
const MOST: usize = 1024;

/// Hands the token on as every handler takes it, and asks for it in the client's own way where there is none.
pub async fn sign_in(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    if let Some(bearer) = given.and_then(|v| v.to_str().ok()).and_then(token).and_then(|t| bearer(&t)) {
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
    }
    let mut response = next.run(request).await;
    if response.status() == StatusCode::UNAUTHORIZED {
        let ask = HeaderValue::from_static("Basic realm=\"hash lists\", charset=\"UTF-8\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
    }
    response
}

/// The password of a Basic header.
fn token(value: &str) -> Option<String> {
    let (scheme, coded) = value.split_once(' ').filter(|_| value.len() <= MOST)?;
    let decoded = STANDARD.decode(coded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (_, password) = String::from_utf8(decoded).ok()?.split_once(':').map(|(u, p)| (u.to_owned(), p.to_owned()))?;
    Some(password)
}

fn bearer(token: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("Bearer {token}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_what_stands_behind_the_first_colon() {
        let basic = |pair: &str| token(&format!("Basic {}", STANDARD.encode(pair)));
        assert_eq!(basic("anybody:to:ken"), Some("to:ken".into()));
        assert_eq!((basic("no colon"), basic(":")), (None, Some(String::new())));
        for bad in ["", "Basic", "Basic !", "Bearer YTpi", &format!("Basic {}", "YTpi".repeat(400))] {
            assert_eq!(token(bad), None, "{bad}");
        }
    }
}
