//! The form of a request's credentials (S3 API Reference, "Authenticating requests"), checked before its signature.
//!
//! s3s reports every malformed credential alike; S3 names the fault.

use crate::{
    auth::marks::{DATE, PAYLOAD},
    errors,
    target::{Target, is_form},
};
use http::{
    HeaderMap, HeaderName, Method, Request,
    header::{self, AUTHORIZATION},
};
use s3s::{
    S3Error, S3ErrorCode, S3Result,
    dto::{Timestamp, TimestampFormat},
};
use time::{PrimitiveDateTime, macros::format_description};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Signature Version 4A, for several regions at once.
const ASYMMETRIC: &str = "AWS4-ECDSA-P256-SHA256";

/// The parameters of a presigned URL: it has all of them or none.
const PRESIGNED: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-Date",
    "X-Amz-SignedHeaders",
    "X-Amz-Expires",
];

/// A week, in seconds (S3 API Reference, "Authenticating requests: using query parameters").
const LONGEST_LIFE: i64 = 604_800;

/// Refuses a request with malformed credentials.
pub(crate) fn check<T>(request: &Request<T>, target: &Target) -> S3Result<()> {
    // The signature of a form is in its body.
    if is_form(request) {
        return Ok(());
    }
    let authorization = request.headers().get(AUTHORIZATION);
    // The other parameters alone are no attempt to sign.
    let version_4 = target.has_any(&PRESIGNED[..3]);
    let version_2 = target.has("Signature");
    match (authorization, version_4, version_2) {
        (Some(value), false, false) => {
            check_header(value.to_str().unwrap_or_default(), request.headers())
        }
        (None, true, false) => check_query(target),
        (None, false, true) => Ok(()),
        (None, false, false) => check_anonymous(request.method(), target),
        _ => Err(errors::invalid_argument(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
        )),
    }
}

fn check_header(authorization: &str, headers: &HeaderMap) -> S3Result<()> {
    let text = |name: HeaderName| Some(headers.get(name)?.to_str().unwrap_or_default());
    let no_date = || {
        let message = "AWS authentication requires a valid Date or x-amz-date header";
        S3Error::with_message(S3ErrorCode::AccessDenied, message)
    };
    let malformed = |why: &str| {
        let message = format!("The authorization header is malformed; {why}");
        S3Error::with_message(S3ErrorCode::AuthorizationHeaderMalformed, message)
    };
    let (scheme, fields) = authorization
        .split_once(char::is_whitespace)
        .unwrap_or((authorization, ""));
    match scheme {
        ALGORITHM => {}
        ASYMMETRIC => return Err(errors::not_implemented(ASYMMETRIC)),
        "AWS" if fields.contains(':') => {
            let dates = [text(DATE), text(header::DATE)].into_iter().flatten();
            let dated = dates.into_iter().any(|date| !date.is_empty());
            return dated.then_some(()).ok_or_else(no_date);
        }
        "" => return Err(errors::access_denied()),
        _ => {
            return Err(errors::invalid_argument("Unsupported Authorization Type"));
        }
    }
    let field = |name| {
        let mut fields = fields.split(',').map(str::trim);
        fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
    };
    let [Some(credential), Some(_), Some(_)] =
        ["Credential", "SignedHeaders", "Signature"].map(field)
    else {
        return Err(malformed(
            "the authorization header requires three components: Credential, SignedHeaders, and Signature.",
        ));
    };
    let day = day_of(credential).map_err(|why| malformed(&why))?;
    let Some(date) = text(DATE) else {
        let date = text(header::DATE).ok_or_else(no_date)?;
        Timestamp::parse(TimestampFormat::HttpDate, date).map_err(|_| no_date())?;
        return Err(errors::not_implemented(
            "Signature Version 4 with a Date header and no x-amz-date",
        ));
    };
    if !is_date(date) {
        return Err(no_date());
    }
    check_day(day, date).map_err(|why| malformed(&why))?;
    if !headers.contains_key(PAYLOAD) {
        return Err(errors::invalid_request(format!(
            "Missing required header for this request: {PAYLOAD}"
        )));
    }
    Ok(())
}

fn check_query(target: &Target) -> S3Result<()> {
    let wrong = |message: String| {
        S3Error::with_message(S3ErrorCode::AuthorizationQueryParametersError, message)
    };
    let [
        Some(algorithm),
        Some(credential),
        Some(_),
        Some(date),
        Some(_),
        Some(expires),
    ] = PRESIGNED.map(|name| target.value(name).filter(|value| !value.is_empty()))
    else {
        return Err(wrong(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.".to_owned(),
        ));
    };
    match algorithm {
        ALGORITHM => {}
        ASYMMETRIC => return Err(errors::not_implemented(ASYMMETRIC)),
        _ => {
            let message = format!("X-Amz-Algorithm only supports \"{ALGORITHM} and {ASYMMETRIC}\"");
            return Err(wrong(message));
        }
    }
    let day = day_of(credential).map_err(|why| {
        wrong(format!(
            "Error parsing the X-Amz-Credential parameter; {why}"
        ))
    })?;
    if !is_date(date) {
        let message = r#"X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'""#;
        return Err(wrong(message.to_owned()));
    }
    check_day(day, date).map_err(wrong)?;
    match expires.parse::<i64>() {
        Ok(0..=LONGEST_LIFE) => Ok(()),
        Ok(1..) => Err(wrong(format!(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than {LONGEST_LIFE} seconds"
        ))),
        Ok(_) => Err(wrong("X-Amz-Expires must be non-negative".to_owned())),
        Err(_) => Err(wrong("X-Amz-Expires should be a number".to_owned())),
    }
}

/// S3 API Reference, "GetObject", "Overriding response header values through the request".
fn check_anonymous(method: &Method, target: &Target) -> S3Result<()> {
    let overrides = [
        "response-cache-control",
        "response-content-disposition",
        "response-content-encoding",
        "response-content-language",
        "response-content-type",
        "response-expires",
    ];
    if matches!(*method, Method::GET | Method::HEAD)
        && target.key().is_some()
        && target.has_any(&overrides)
    {
        return Err(errors::invalid_request(
            "Request specific response headers cannot be used for anonymous GET requests.",
        ));
    }
    Ok(())
}

/// Returns the day in a credential such as `KEY/20130524/us-east-1/s3/aws4_request`, or a message about its fault.
fn day_of(credential: &str) -> Result<&str, String> {
    let parts = Vec::from_iter(credential.split('/'));
    let [_, day, _, service, terminal] = parts[..] else {
        return Err(
            r#"the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"."#
                .to_owned(),
        );
    };
    if day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!(
            r#"incorrect date format "{day}". This date in the credential must be in the format "yyyyMMdd"."#
        ));
    }
    if service != "s3" {
        return Err(format!(
            r#"incorrect service "{service}". This endpoint belongs to "s3"."#
        ));
    }
    if terminal != "aws4_request" {
        return Err(format!(
            r#"incorrect terminal "{terminal}". This endpoint uses "aws4_request"."#
        ));
    }
    Ok(day)
}

fn check_day(day: &str, date: &str) -> Result<(), String> {
    match date.get(..8) {
        Some(actual) if actual != day => Err(format!(
            r#"Invalid credential date "{day}". This date is not the same as X-Amz-Date: "{actual}"."#
        )),
        _ => Ok(()),
    }
}

fn is_date(date: &str) -> bool {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    PrimitiveDateTime::parse(date, format).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_credentials() {
        assert_eq!(
            day_of("KEY/20130524/us-east-1/s3/aws4_request"),
            Ok("20130524")
        );
        for (credential, wrong) in [
            ("", "mal-formed"),
            ("HAHAHA", "mal-formed"),
            ("KEY/20130524/us-east-1/s3/aws4_request/", "mal-formed"),
            ("KEY/2013-05-24/us-east-1/s3/aws4_request", "date format"),
            ("KEY/20130524/us-east-1/ec2/aws4_request", "service \"ec2\""),
            ("KEY/20130524/us-east-1/s3/aws3_request", "terminal"),
        ] {
            let why = day_of(credential).unwrap_err();
            assert!(why.contains(wrong), "{credential}: {why}");
        }
    }
}
