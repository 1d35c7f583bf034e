//! How a type and its claims are shown. Nothing here decides anything about a credential.
//!
//! Spec: SD-JWT VC draft 19 sections 5.5 and 5.6.2.

use serde_json::{Map, Value};

use crate::fetch_url::FetchUrl;
use crate::type_metadata::integrity::{Integrity, IntegrityError};
use crate::type_metadata::member::{integrity, object, objects, required, shown, text};
use crate::type_metadata::{MAX_VARIANTS, TypeMetadataError};

/// Bytes of an image in a `data:` URI, at most: a logo, not a poster.
pub const MAX_DATA_URI: usize = 128 * 1024;

/// A language tag in its form (RFC 5646 section 2.1): parts of letters and digits with hyphens between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale(String);

/// How a type is shown in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Display {
    /// The language.
    pub locale: Locale,
    /// The type's name, for people.
    pub name: String,
    /// What it is, for people.
    pub description: Option<String>,
    /// How a card of it looks without SVG.
    pub simple: Option<Simple>,
    /// How a card of it looks in SVG; each is told from the others by its properties.
    pub svg_templates: Vec<SvgTemplate>,
}

/// How a claim is shown in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimDisplay {
    /// The language.
    pub locale: Locale,
    /// The claim's name, for people.
    pub label: String,
    /// What it is, for people.
    pub description: Option<String>,
}

/// A card without SVG.
#[derive(Clone, Debug, PartialEq)]
pub struct Simple {
    /// The logo.
    pub logo: Option<Resource>,
    /// The logo in words.
    pub logo_text: Option<String>,
    /// The background.
    pub background_image: Option<Resource>,
    /// The background's colour.
    pub background_color: Option<Color>,
    /// The text's colour.
    pub text_color: Option<Color>,
}

/// An SVG template. Whoever fills and shows it runs nothing that is in it and fetches nothing that it names
/// (section 5.5.1.2.2).
#[derive(Clone, Debug, PartialEq)]
pub struct SvgTemplate {
    /// The template.
    pub resource: Resource,
    /// Which way up it is.
    pub orientation: Option<Orientation>,
    /// For light or dark surroundings.
    pub color_scheme: Option<ColorScheme>,
    /// How strong its contrast is.
    pub contrast: Option<Contrast>,
}

/// Which way up a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// Taller than wide.
    Portrait,
    /// Wider than tall.
    Landscape,
}

/// The surroundings that a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorScheme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How strong a template's contrast is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contrast {
    /// As usual.
    Normal,
    /// Strong.
    High,
}

/// Red, green and blue. A colour that is written in another way than `#rgb` or `#rrggbb` is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub [u8; 3]);

/// An image that a document names.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    location: Location,
    integrity: Option<Integrity>,
}

/// Where an image is.
#[derive(Clone, Debug, PartialEq)]
pub enum Location {
    /// To be fetched.
    At(FetchUrl),
    /// Here: a `data:` URI of an image.
    Here(String),
}

impl Locale {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(members: &Map<String, Value>) -> Result<Self, TypeMetadataError> {
        let tag = required(text(members, "locale")?)?;
        let part =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        if tag.len() > 64 || !tag.split('-').all(part) {
            return Err(TypeMetadataError::Locale);
        }
        Ok(Self(tag.to_owned()))
    }
}

impl Display {
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, TypeMetadataError> {
        let rendering = object(members, "rendering")?;
        let simple = rendering.map(|methods| object(methods, "simple")).transpose()?.flatten();
        Ok(Self {
            locale: Locale::read(members)?,
            name: required(shown(members, "name")?)?,
            description: shown(members, "description")?,
            simple: simple.map(Simple::read).transpose()?,
            svg_templates: rendering.map(read_templates).transpose()?.unwrap_or_default(),
        })
    }
}

impl ClaimDisplay {
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, TypeMetadataError> {
        Ok(Self {
            locale: Locale::read(members)?,
            label: required(shown(members, "label")?)?,
            description: shown(members, "description")?,
        })
    }
}

impl Simple {
    fn read(members: &Map<String, Value>) -> Result<Self, TypeMetadataError> {
        let logo = object(members, "logo")?;
        let background = object(members, "background_image")?;
        Ok(Self {
            logo: logo.map(Resource::read).transpose()?,
            logo_text: logo.map(|logo| shown(logo, "alt_text")).transpose()?.flatten(),
            background_image: background.map(Resource::read).transpose()?,
            background_color: text(members, "background_color")?.and_then(Color::read),
            text_color: text(members, "text_color")?.and_then(Color::read),
        })
    }
}

fn read_templates(methods: &Map<String, Value>) -> Result<Vec<SvgTemplate>, TypeMetadataError> {
    let templates = objects(methods, "svg_templates", MAX_VARIANTS, SvgTemplate::read)?.unwrap_or_default();
    let alike = |template: &SvgTemplate| !template.has_properties();
    if templates.len() > 1 && templates.iter().any(alike) {
        return Err(TypeMetadataError::Template);
    }
    Ok(templates)
}

impl SvgTemplate {
    fn read(members: &Map<String, Value>) -> Result<Self, TypeMetadataError> {
        let resource = Resource::read(members)?;
        let Some(properties) = object(members, "properties")? else {
            return Ok(Self { resource, orientation: None, color_scheme: None, contrast: None });
        };
        let (portrait, light, normal) = (Orientation::Portrait, ColorScheme::Light, Contrast::Normal);
        let orientation = [("portrait", portrait), ("landscape", Orientation::Landscape)];
        let template = Self {
            resource,
            orientation: choose(properties, "orientation", &orientation)?,
            color_scheme: choose(
                properties,
                "color_scheme",
                &[("light", light), ("dark", ColorScheme::Dark)],
            )?,
            contrast: choose(properties, "contrast", &[("normal", normal), ("high", Contrast::High)])?,
        };
        if template.has_properties() { Ok(template) } else { Err(TypeMetadataError::Template) }
    }

    const fn has_properties(&self) -> bool {
        self.orientation.is_some() || self.color_scheme.is_some() || self.contrast.is_some()
    }
}

fn choose<T: Copy>(
    members: &Map<String, Value>,
    name: &str,
    choices: &[(&str, T)],
) -> Result<Option<T>, TypeMetadataError> {
    let Some(value) = text(members, name)? else { return Ok(None) };
    let found = choices.iter().find(|(choice, _)| *choice == value);
    found.map(|(_, chosen)| Some(*chosen)).ok_or(TypeMetadataError::Template)
}

impl Color {
    fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?.chars().map(|digit| digit.to_digit(16));
        let digits: Vec<u8> =
            digits.map(|digit| digit.and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
        match digits[..] {
            [r, g, b] => Some(Self([r * 17, g * 17, b * 17])),
            [r, s, g, h, b, c] => Some(Self([r * 16 + s, g * 16 + h, b * 16 + c])),
            _ => None,
        }
    }
}

impl Resource {
    fn read(members: &Map<String, Value>) -> Result<Self, TypeMetadataError> {
        let uri = required(text(members, "uri")?)?;
        let location = if uri.starts_with("data:") {
            read_data_uri(uri)?
        } else {
            FetchUrl::parse(uri).map(Location::At).map_err(TypeMetadataError::Address)?
        };
        Ok(Self { location, integrity: integrity(members, "uri#integrity")? })
    }

    /// Where it is.
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// Holds the octets that were fetched against what the document says that they hash to.
    ///
    /// # Errors
    /// [`IntegrityError`].
    pub fn check(&self, octets: &[u8]) -> Result<(), IntegrityError> {
        self.integrity.as_ref().map_or(Ok(()), |integrity| integrity.check(octets))
    }
}

/// A `data:` URI is kept as it is written: of an image, and never decoded here (section 7.9).
fn read_data_uri(uri: &str) -> Result<Location, TypeMetadataError> {
    if uri.len() > MAX_DATA_URI || !uri.starts_with("data:image/") {
        return Err(TypeMetadataError::Resource);
    }
    Ok(Location::Here(uri.to_owned()))
}
