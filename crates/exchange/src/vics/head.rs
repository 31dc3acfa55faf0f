//! The root's first member: which version, whose categories, which shape.
//!
//! * 1.0 to 1.3: `odata.metadata` = `http://github.com/ICMEC/ProjectVic/DataModels/<v>.xml#<Shape>`
//! * 2.0: `@odata.context` = `http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/<Region>/$metadata#<Shape>`

/// What a file is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Media records, no files behind.
    HashSet,
    /// Cases, each with its media.
    Cases,
}

impl Shape {
    /// As the context spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HashSet => "Media",
            Self::Cases => "Cases",
        }
    }
}

/// Versions that are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// 1.3
    V1_3,
    /// 2.0
    V2_0,
}

/// What a file says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// Such as `1.3` or `2.0`.
    pub version: Option<String>,
    /// Such as `US`; version 1 has none.
    pub region: Option<String>,
    /// By the context; the first record is what counts.
    pub shape: Option<Shape>,
}

impl Head {
    /// Reads a context, in any case. `None` when it is of some other model.
    pub fn parse(context: &str) -> Option<Self> {
        let lower = context.trim().to_ascii_lowercase();
        let (model, shape) = lower.rsplit_once('#')?;
        let (_, model) = model.split_once("/datamodels/")?;
        let (version, rest) = model.split_once(".xml")?;
        let region = match rest.strip_suffix("/$metadata").unwrap_or(rest).trim_matches('/') {
            "" => None,
            segment if segment.contains('/') => return None,
            // The file's own spelling.
            segment => {
                let from = lower.find(&format!("{version}.xml/"))? + version.len() + ".xml/".len();
                context.trim().get(from..from + segment.len())
            }
        };
        let shape = match shape {
            "media" => Some(Shape::HashSet),
            "cases" => Some(Shape::Cases),
            _ => return None,
        };
        Some(Self { version: Some(version.into()), region: region.map(Into::into), shape })
    }

    /// A region that stands for a country's or an organisation's scheme; `Default` and `CUSTOM` stand for none.
    pub fn scheme(&self) -> Option<&str> {
        let nobody = |r: &&str| !r.eq_ignore_ascii_case("default") && !r.eq_ignore_ascii_case("custom");
        self.region.as_deref().filter(nobody)
    }
}

/// The root's first member as it is written: name and context.
pub fn written(version: Version, region: &str, shape: Shape) -> (&'static str, String) {
    let shape = shape.word();
    match version {
        Version::V1_3 => ("odata.metadata", format!("http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#{shape}")),
        Version::V2_0 => (
            "@odata.context",
            format!("http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{region}/$metadata#{shape}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_read_in_any_case_and_with_any_region() {
        let head = |text: &str| {
            let head = Head::parse(text)?;
            Some((head.version.unwrap(), head.region, head.shape.unwrap()))
        };
        let two = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Media";
        assert_eq!(head(two), Some(("2.0".into(), Some("UK".into()), Shape::HashSet)));
        assert_eq!(head(&two.to_uppercase()), Some(("2.0".into(), Some("UK".into()), Shape::HashSet)));
        for version in ["1.0", "1.1", "1.2", "1.3"] {
            let one = format!("http://github.com/ICMEC/ProjectVic/DataModels/{version}.xml#Cases");
            assert_eq!(head(&one), Some((version.into(), None, Shape::Cases)));
        }
        for bad in [
            "",
            "#Media",
            "http://example.test/DataModels/2.0.xml/UK/$metadata#Other",
            "x/DataModels/2.0.xml/a/b/$metadata#Media",
        ] {
            assert_eq!(head(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for (version, shape) in [(Version::V1_3, Shape::Cases), (Version::V2_0, Shape::HashSet)] {
            let (_, context) = written(version, "Default", shape);
            let head = Head::parse(&context).unwrap();
            assert_eq!((head.shape, head.scheme()), (Some(shape), None));
        }
    }
}
