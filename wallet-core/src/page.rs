//! Reading the few things that a script needs from a page: a link, a form.

/// A form as a page shows it: where it goes, and its hidden fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageForm {
    pub(crate) action: String,
    pub(crate) hidden: Vec<(String, String)>,
}

/// The `href` of `<a id="…" …>`, its character references resolved.
pub(crate) fn link_of(page: &str, id: &str) -> Option<String> {
    let tag = tags(page, "<a ").find(|tag| attribute(tag, "id") == Some(id))?;
    attribute(tag, "href").map(unescape)
}

/// The first form that is posted.
pub(crate) fn form_of(page: &str) -> Option<PageForm> {
    let is_posted = |tag: &&str| attribute(tag, "method").is_some_and(|it| it.eq_ignore_ascii_case("post"));
    let tag = tags(page, "<form ").find(is_posted)?;
    let start = page.find(tag)?;
    let inside = &page[start..];
    let inside = &inside[..inside.find("</form").unwrap_or(inside.len())];
    let hidden = tags(inside, "<input ")
        .filter(|tag| attribute(tag, "type") == Some("hidden"))
        .filter_map(|tag| Some((unescape(attribute(tag, "name")?), unescape(attribute(tag, "value")?))));
    Some(PageForm { action: unescape(attribute(tag, "action")?), hidden: hidden.collect() })
}

/// What stands between each `start` and the next `>`.
fn tags<'p>(page: &'p str, start: &'static str) -> impl Iterator<Item = &'p str> {
    page.match_indices(start).filter_map(move |(at, _)| {
        let rest = &page[at + start.len()..];
        rest.find('>').map(|end| &rest[..end])
    })
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    for (at, _) in tag.match_indices(name) {
        let stands_alone = tag[..at].chars().next_back().is_none_or(char::is_whitespace);
        let Some(value) = tag[at + name.len()..].trim_start().strip_prefix('=') else { continue };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        if let (true, Some(quote)) = (stands_alone, quote) {
            return value[1..].split(quote).next();
        }
    }
    None
}

/// The ampersand comes last, so that nothing is resolved twice.
fn unescape(text: &str) -> String {
    const REFERENCES: [(&str, &str); 9] = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#38;", "&"),
        ("&#x26;", "&"),
        ("&amp;", "&"),
    ];
    REFERENCES.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_to_the_wallet_is_found_wherever_it_stands() {
        let page = r#"<p><a href="/help">x</a> <a class="b" id="open-wallet"
            href="openid4vp://?client_id=a%3Ab&amp;request_uri=c">Open</a>"#;
        let link = |page: &str| link_of(page, "open-wallet");
        assert_eq!(link(page).unwrap(), "openid4vp://?client_id=a%3Ab&request_uri=c");
        assert_eq!(link("<a href='openid4vp://x' id='open-wallet'>").unwrap(), "openid4vp://x");
        for none in [
            "",
            "<a id=\"open-wallet\">",
            "<a id=\"open-wallets\" href=\"x\">",
            "<a data-id=\"open-wallet\" href=\"x\">",
            "<a id=\"open-wallet\" href=\"x",
            "<a ",
        ] {
            assert_eq!(link(none), None, "{none}");
        }
    }

    #[test]
    fn a_form_is_read_with_its_hidden_fields() {
        let page = r#"<form action="/search"><input type="hidden" name="a" value="b"></form>
            <form method="post" action="/authorize?x=1&amp;y=2"><input type="hidden" name="request" value="r">
            <input name="person" value=""></form><input type="hidden" name="late" value="x">"#;
        let form = form_of(page).unwrap();
        assert_eq!(form.action, "/authorize?x=1&y=2");
        assert_eq!(form.hidden, [("request".to_owned(), "r".to_owned())]);
        assert_eq!(form_of("<form "), None);
    }
}
