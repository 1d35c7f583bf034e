//! Token requests and responses, and what is refused of them.

use serde_json::json;

use super::*;
use crate::testing::FixedRng;

fn pre_authorized(more: &[(&str, &str)]) -> Result<TokenRequest, TokenError> {
    let mut pairs = vec![("grant_type", PRE_AUTHORIZED_CODE), ("pre-authorized_code", "c")];
    pairs.extend(more);
    TokenRequest::parse(&form::write(&pairs))
}

fn refused(body: &str) -> TokenError {
    TokenRequest::parse(body).unwrap_err()
}

#[test]
fn requests_are_read_back() {
    let code_verifier = CodeVerifier::make(&mut FixedRng(1));
    let grants = [
        Grant::AuthorizationCode { code: "c".into(), redirect_uri: Some("app:/cb".into()), code_verifier },
        Grant::PreAuthorizedCode { code: "c".into(), tx_code: Some("1234".into()) },
        Grant::RefreshToken { token: "r".into() },
    ];
    for grant in grants {
        let request =
            TokenRequest { grant, client_id: Some("bank".into()), client_assertion: Some("a.b.c".into()) };
        let read = TokenRequest::parse(&request.to_form()).unwrap();
        assert_eq!(read.to_form(), request.to_form());
    }
}

#[test]
fn requests_that_do_not_fit_are_refused() {
    let missing = |name| TokenError::Form(FormError::Missing(name));
    assert_eq!(refused(""), missing("grant_type"));
    assert_eq!(refused("grant_type=password&username=a"), TokenError::GrantType);
    assert_eq!(refused("grant_type=authorization_code&code_verifier=x"), missing("code"));
    assert_eq!(refused("grant_type=authorization_code&code=c"), missing("code_verifier"));
    let short = refused("grant_type=authorization_code&code=c&code_verifier=x");
    assert_eq!(short, TokenError::Pkce(PkceError::Verifier));
    assert_eq!(refused(&form::write(&[("grant_type", PRE_AUTHORIZED_CODE)])), missing("pre-authorized_code"));
    assert_eq!(refused("grant_type=refresh_token"), missing("refresh_token"));
    let long = "1".repeat(MAX_TX_CODE + 1);
    assert_eq!(pre_authorized(&[("tx_code", &long)]).unwrap_err(), TokenError::TxCode);
    let twice = pre_authorized(&[("tx_code", "1"), ("tx_code", "2")]).unwrap_err();
    assert_eq!(twice, TokenError::Form(FormError::Repeated));
    assert_eq!(refused(&"x".repeat(MAX_BODY + 1)), TokenError::Form(FormError::TooLarge));
}

#[test]
fn a_client_assertion_of_another_type_is_refused() {
    let without = pre_authorized(&[("client_assertion", "a.b.c")]).unwrap_err();
    assert_eq!(without, TokenError::AssertionType);
    let saml = [("client_assertion", "x"), ("client_assertion_type", "urn:saml2")];
    assert_eq!(pre_authorized(&saml).unwrap_err(), TokenError::AssertionType);
    let alone = [("client_assertion_type", ASSERTION_TYPE)];
    assert_eq!(pre_authorized(&alone).unwrap_err(), TokenError::AssertionType);
}

#[test]
fn each_refusal_has_its_oauth_code() {
    assert_eq!(TokenError::GrantType.error(), ErrorCode::UnsupportedGrantType);
    assert_eq!(TokenError::Pkce(PkceError::Verifier).error(), ErrorCode::InvalidGrant);
    assert_eq!(TokenError::TxCode.error(), ErrorCode::InvalidRequest);
}

#[test]
fn a_response_is_read_back() {
    let response = TokenResponse {
        access_token: "t".into(),
        token_type: TokenType::Dpop,
        expires_in: Some(300),
        refresh_token: Some("r".into()),
        id_token: Some("a.b.c".into()),
        credential_identifiers: Vec::new(),
    };
    assert_eq!(TokenResponse::parse(response.to_json().to_string().as_bytes()), Ok(response));
}

#[test]
fn a_response_that_does_not_fit_is_refused() {
    let read = |body: Value| TokenResponse::parse(body.to_string().as_bytes()).unwrap_err();
    assert_eq!(read(json!({"access_token": "t"})), MessageError::Missing("token_type").into());
    assert_eq!(read(json!({"access_token": "t", "token_type": "mac"})), TokenError::TokenType);
    assert_eq!(read(json!({"token_type": "DPoP"})), MessageError::Missing("access_token").into());
    let seconds = json!({"access_token": "t", "token_type": "DPoP", "expires_in": "300"});
    assert_eq!(read(seconds), MessageError::Kind("expires_in").into());
    let number = json!({"access_token": "t", "token_type": "DPoP", "refresh_token": 1});
    assert_eq!(read(number), MessageError::Kind("refresh_token").into());
    let empty = json!({"access_token": "t", "token_type": "DPoP", "refresh_token": ""});
    assert_eq!(read(empty), MessageError::Empty("refresh_token").into());
    let details = json!({"access_token": "t", "token_type": "DPoP",
        "authorization_details": [{"type": "openid_credential"}]});
    assert_eq!(read(details), MessageError::Missing("credential_identifiers").into());
}

#[test]
fn credential_identifiers_are_read() {
    let body = json!({"access_token": "t", "token_type": "dpop", "authorization_details": [
        {"type": "other"}, {"type": "openid_credential", "credential_identifiers": ["a", "b"]}]});
    let response = TokenResponse::parse(body.to_string().as_bytes()).unwrap();
    assert_eq!(response.credential_identifiers, ["a", "b"]);
}

#[test]
fn codes_and_tokens_are_silent() {
    assert!(!format!("{:?}", pre_authorized(&[("tx_code", "4711")]).unwrap()).contains("4711"));
    let again = TokenRequest::parse("grant_type=refresh_token&refresh_token=4711").unwrap();
    assert!(!format!("{again:?}").contains("4711"));
}
