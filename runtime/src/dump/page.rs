//! The page that shows a dump. It stands alone: no script, and nothing from elsewhere.

use std::{collections::BTreeMap, fs::File, io::Read, path::Path, time::Duration};

use super::{
    manifest::{Bucket, Manifest, Object, Upload, Version},
    markup::{address, lines, text},
};
use crate::{
    gateway::{Request, RequestList},
    words::{count, size},
};

const STYLE: &str = include_str!("page.css");
/// The beginning of a text that is shown.
const PREVIEW: usize = 2000;
/// The size of all previews together.
const PREVIEWS: usize = 1 << 20;

/// Returns the page. `root` is the folder of the dump, where the previews are read.
pub(super) fn html(manifest: &Manifest, requests: Option<&RequestList>, root: &Path) -> String {
    let title = text(&manifest.test);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<p class=\"dim\">failed {}, attempt {}</p>\n",
        text(&manifest.date),
        manifest.attempt
    );
    if let Some(message) = &manifest.message {
        page.push_str(&format!(
            "<pre class=\"message\">{}</pre>\n",
            lines(message)
        ));
    }
    page.push_str(&format!(
        "<dl><dt>server</dt><dd>{}</dd><dt>endpoint</dt><dd>{}</dd><dt>files</dt><dd>{}</dd></dl>\n",
        text(&manifest.server),
        text(&manifest.endpoint),
        match requests {
            Some(_) => {
                "<a href=\"manifest.json\">manifest.json</a>, <a href=\"requests.jsonl\">requests.jsonl</a>, \
                 <a href=\"requests.har\">requests.har</a>"
            }
            None => "<a href=\"manifest.json\">manifest.json</a>",
        }
    ));
    let mut previews = PREVIEWS;
    for bucket in &manifest.buckets {
        page.push_str(&bucket_section(bucket, root, &mut previews));
    }
    match requests {
        Some(requests) => page.push_str(&requests_section(requests)),
        None => page.push_str(
            "<h2>Requests</h2>\n<p class=\"dim\">They were not noted. The option <code>requests = true</code> (variable \
             S3_TEST_REQUESTS) notes them.</p>\n",
        ),
    }
    page + "</body>\n</html>\n"
}

fn bucket_section(bucket: &Bucket, root: &Path, previews: &mut usize) -> String {
    let mut section = format!("<h2>Bucket {}", text(&bucket.name));
    if !bucket.parameter.is_empty() {
        section.push_str(&format!(
            " <span class=\"dim\">({})</span>",
            text(&bucket.parameter)
        ));
    }
    section.push_str("</h2>\n");
    for reason in &bucket.missing {
        section.push_str(&format!("<p class=\"bad\">{}</p>\n", text(reason)));
    }
    let bytes = bucket.objects.iter().map(|object| object.size).sum();
    section.push_str(&format!(
        "<p>{}, {}</p>\n",
        count(bucket.objects.len(), "object"),
        size(bytes)
    ));
    let objects = bucket.objects.iter();
    section.push_str(&table(
        "",
        "<th>key</th><th class=\"number\">size</th><th>type</th><th>last modified</th><th>ETag</th><th>more</th>",
        objects.map(|object| object_row(object, root, previews)),
    ));
    section.push_str(&table(
        "Versions and delete markers",
        "<th>key</th><th>version</th><th></th><th class=\"number\">size</th><th>last modified</th><th>ETag</th>",
        bucket.versions.iter().map(version_row),
    ));
    section.push_str(&table(
        "Multipart uploads that were neither completed nor aborted",
        "<th>key</th><th>upload</th><th>begun</th>",
        bucket.unfinished_uploads.iter().map(upload_row),
    ));
    section
}

/// Returns a table with its title, or nothing if it has no rows.
fn table(title: &str, head: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: String = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    let title = match title {
        "" => String::new(),
        title => format!("<h3>{title}</h3>\n"),
    };
    format!("{title}<table>\n<tr>{head}</tr>\n{rows}</table>\n")
}

fn object_row(object: &Object, root: &Path, previews: &mut usize) -> String {
    let key = text(&object.key);
    let key = match &object.file {
        Some(file) => format!("<a href=\"{}\">{key}</a>", address(file)),
        None => key,
    };
    let mut more = String::new();
    let mut add = |name: &str, value: &str| {
        more.push_str(&format!(
            "<div><span class=\"dim\">{}</span> {}</div>",
            text(name),
            text(value)
        ));
    };
    if let Some(class) = object
        .storage_class
        .as_deref()
        .filter(|it| *it != "STANDARD")
    {
        add("storage class", class);
    }
    for (kind, pairs) in [
        ("", &object.headers),
        ("meta ", &object.metadata),
        ("tag ", &object.tags),
    ] {
        let pairs: &BTreeMap<String, String> = pairs;
        for (name, value) in pairs {
            add(&format!("{kind}{name}:"), value);
        }
    }
    if let Some(reason) = &object.not_written {
        more.push_str(&format!(
            "<div class=\"bad\">not written: {}</div>",
            text(reason)
        ));
    }
    if let Some(preview) = preview(object, root, previews) {
        more.push_str(&format!(
            "<details><summary>content</summary><pre>{preview}</pre></details>"
        ));
    }
    format!(
        "<tr><td class=\"key mono\">{key}</td><td class=\"number\">{}</td><td>{}</td><td class=\"short\">{}</td>\
         <td class=\"mono\">{}</td><td>{more}</td></tr>\n",
        size(object.size),
        optional(object.content_type.as_deref()),
        optional(object.last_modified.as_deref()),
        optional(object.etag.as_deref())
    )
}

/// Returns the beginning of an object that is text.
fn preview(object: &Object, root: &Path, previews: &mut usize) -> Option<String> {
    let file = File::open(root.join(object.file.as_ref()?)).ok()?;
    let room = PREVIEW.min(*previews);
    let mut start = Vec::new();
    file.take(room as u64).read_to_end(&mut start).ok()?;
    // The limit may cut a character.
    let valid = match std::str::from_utf8(&start) {
        Ok(all) => all,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    if valid.is_empty() || !valid.chars().all(is_text) {
        return None;
    }
    *previews -= start.len();
    let rest = if object.size > start.len() as u64 {
        "…"
    } else {
        ""
    };
    Some(format!("{}{rest}", lines(valid)))
}

fn version_row(version: &Version) -> String {
    let kind = match (version.is_delete_marker, version.is_latest) {
        (true, true) => "delete marker, current",
        (true, false) => "delete marker",
        (false, true) => "current",
        (false, false) => "older",
    };
    format!(
        "<tr><td class=\"key mono\">{}</td><td class=\"mono\">{}</td><td>{kind}</td><td class=\"number\">{}</td>\
         <td class=\"short\">{}</td><td class=\"mono\">{}</td></tr>\n",
        text(&version.key),
        optional(version.version_id.as_deref()),
        version.size.map(size).unwrap_or_default(),
        optional(version.last_modified.as_deref()),
        optional(version.etag.as_deref())
    )
}

fn upload_row(upload: &Upload) -> String {
    format!(
        "<tr><td class=\"key mono\">{}</td><td class=\"mono\">{}</td><td class=\"short\">{}</td></tr>\n",
        text(&upload.key),
        text(&upload.upload_id),
        optional(upload.initiated.as_deref())
    )
}

fn requests_section(requests: &RequestList) -> String {
    let title = format!(
        "<h2>Requests</h2>\n<p>{}</p>\n",
        count(requests.count(), "request")
    );
    let Some(first) = requests.iter().next() else {
        return title;
    };
    let start = first.began();
    let ends = requests.iter().map(|it| it.ended().unwrap_or(it.began()));
    let whole = ends.max().map_or(Duration::ZERO, |end| end - start);
    let rows = requests.iter().map(|request| {
        let from = request.began().saturating_duration_since(start);
        request_row(request, from, whole)
    });
    let head = "<th class=\"number\">no.</th><th class=\"number\">at ms</th><th class=\"number\">ms</th><th></th>\
                <th>request</th><th>status</th><th class=\"number\">sent</th><th class=\"number\">received</th>";
    title + &table("", head, rows)
}

fn request_row(request: &Request, from: Duration, whole: Duration) -> String {
    let whole = whole.as_secs_f64().max(f64::MIN_POSITIVE);
    let percent = |part: Duration| (part.as_secs_f64() / whole * 100.0).min(100.0);
    let duration = request.duration();
    let milliseconds = |it: Duration| format!("{:.1}", it.as_secs_f64() * 1000.0);
    let status = match request.status() {
        Some(status) => status.to_string(),
        None if request.ended().is_some() => "no answer".to_owned(),
        None => "in flight".to_owned(),
    };
    let mut result = text(&status);
    let reasons = [
        ("", request.error_code()),
        ("", request.failure()),
        ("fault: ", request.fault()),
    ];
    for (kind, reason) in reasons {
        if let Some(reason) = reason {
            result.push_str(&format!("<div>{kind}{}</div>", text(reason)));
        }
    }
    let is_bad =
        request.status().is_none_or(|status| status >= 400) || request.error_code().is_some();
    let about = request
        .key()
        .or_else(|| request.prefix())
        .unwrap_or_default();
    let sent = request.sent();
    let mut heads = headers("request", &sent.headers);
    if let Some(answer) = request.answer() {
        heads.push_str(&headers("answer", &answer.headers));
    }
    format!(
        "<tr{}><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
         <td><div class=\"time\"><i style=\"--from:{:.3}%;--for:{:.3}%\"></i></div></td>\
         <td class=\"key\"><details><summary>{} <span class=\"mono\">{}</span></summary>\
         <p class=\"mono\">{} {}</p>{heads}</details></td><td>{result}</td><td class=\"number\">{}</td>\
         <td class=\"number\">{}</td></tr>\n",
        if is_bad { " class=\"bad\"" } else { "" },
        request.number(),
        milliseconds(from),
        duration.map(milliseconds).unwrap_or_default(),
        percent(from),
        percent(duration.unwrap_or_default()),
        request.operation().name(),
        text(about),
        text(sent.method.as_str()),
        text(&sent.target),
        size(request.bytes_sent()),
        size(request.bytes_received()),
    )
}

fn headers(title: &str, headers: &[(String, String)]) -> String {
    let rows = headers.iter().map(|(name, value)| {
        let (name, value) = (text(name), text(value));
        format!("<tr><td class=\"dim\">{name}</td><td class=\"mono\">{value}</td></tr>\n")
    });
    let rows: String = rows.collect();
    format!("<h3>{title}</h3><table>\n{rows}</table>\n")
}

fn optional(value: Option<&str>) -> String {
    value.map(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(objects: Vec<Object>) -> Manifest {
        Manifest {
            format: 1,
            test: "a_crate::a_test".to_owned(),
            attempt: 1,
            message: Some("left <b>\nright & \x1b[31m".to_owned()),
            date: "2026-01-01T00:00:00Z".to_owned(),
            server: "a server".to_owned(),
            endpoint: "http://127.0.0.1:1".to_owned(),
            buckets: vec![Bucket {
                name: "a-bucket".to_owned(),
                objects,
                ..Bucket::default()
            }],
        }
    }

    #[test]
    fn nothing_of_the_test_becomes_markup() {
        let folder = tempfile::tempdir().expect("a folder");
        let evil = "</td><script>alert('1')</script>\"\n\u{202e}";
        std::fs::write(folder.path().join("%odd"), evil.replace('\u{202e}', "")).expect("written");
        let pairs = || BTreeMap::from([(evil.to_owned(), evil.to_owned())]);
        let page = html(
            &manifest(vec![Object {
                key: evil.to_owned(),
                etag: Some(evil.to_owned()),
                content_type: Some(evil.to_owned()),
                headers: pairs(),
                metadata: pairs(),
                tags: pairs(),
                file: Some("%odd".to_owned()),
                ..Object::default()
            }]),
            None,
            folder.path(),
        );
        assert!(!page.contains("<script"), "{page}");
        assert!(
            !page.contains('\u{202e}') && !page.contains('\x1b'),
            "{page}"
        );
        assert!(page.contains(
            "&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;\\n\\u{202e}</a>"
        ));
        assert!(page.contains("<a href=\"%25odd\">"));
        assert!(page.contains("left &lt;b&gt;\nright &amp; \\u{1b}[31m</pre>"));
        // Two of them stand in the preview.
        assert_eq!(page.matches("alert(&#39;1&#39;)").count(), 10);
    }

    #[test]
    fn only_text_is_previewed_and_only_its_beginning() {
        let folder = tempfile::tempdir().expect("a folder");
        let preview = |content: &[u8]| {
            std::fs::write(folder.path().join("f"), content).expect("written");
            let object = Object {
                size: content.len() as u64,
                file: Some("f".to_owned()),
                ..Object::default()
            };
            preview(&object, folder.path(), &mut PREVIEWS.clone())
        };
        assert_eq!(preview(b"a\tb\nc"), Some("a\tb\nc".to_owned()));
        assert_eq!(preview(b""), None);
        assert_eq!(preview(b"PAR1\x00\x01"), None);
        assert_eq!(preview(b"\xff\xfe"), None);
        let long = "aä".repeat(1000);
        let shown = preview(long.as_bytes()).expect("text");
        assert!(shown.ends_with('…') && long.starts_with(shown.trim_end_matches('…')));
        assert!(shown.len() <= PREVIEW + '…'.len_utf8());
    }
}
