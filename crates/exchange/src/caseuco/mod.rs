//! CASE, the Cyber-investigation Analysis Standard Expression, on the Unified Cyber Ontology: a case as JSON-LD. Facts that
//! were not disclosed are not in it; what a node is called is made from the package's and the item's ids, so that two packages
//! of one case name the same item alike.

mod node;

use node::{Graph, date_time, hex_binary, id, integer};
use reports::package::{Contents, Event, FileFacts, ItemFacts};
use serde_json::{Value, json};

/// The case as one JSON-LD document.
///
/// # Errors
/// Writing failed, which in memory it does not.
pub fn write(contents: &Contents, tool: &str) -> serde_json::Result<Vec<u8>> {
    let mut graph = Graph::new();
    people(&mut graph, contents, tool)?;
    let mut objects = Vec::new();
    if let Some(page) = &contents.page {
        objects.push(url(&mut graph, &contents.case.id.to_string(), &page.source_url)?);
    }
    for item in &contents.items {
        objects.push(one(&mut graph, contents, item)?);
    }
    investigation(&mut graph, contents, objects)?;
    graph.finish()
}

/// Who takes it along, where, with which program.
fn people(graph: &mut Graph, contents: &Contents, tool: &str) -> serde_json::Result<()> {
    let to = &contents.recipient;
    let (name, version) = tool.split_once(' ').unwrap_or((tool, ""));
    graph.add(&json!({
        "@id": officer(contents), "@type": "uco-identity:Person", "uco-core:name": to.name,
    }))?;
    graph.add(&json!({
        "@id": id("organization", &[&to.organisation_id.to_string()]), "@type": "uco-identity:Organization",
        "uco-core:name": to.organisation,
    }))?;
    graph.add(&json!({
        "@id": id("tool", &[tool]), "@type": "uco-tool:Tool", "uco-core:name": name, "uco-tool:version": version,
    }))?;
    graph.add(&json!({
        "@id": id("action", &["package", &contents.package.to_string()]),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": "package.made",
        "uco-core:description": [format!("purpose: {}", to.purpose), format!("case number: {}", to.case_number)],
        "uco-action:startTime": date_time(contents.at),
        "uco-action:performer": { "@id": officer(contents) },
        "uco-action:instrument": { "@id": id("tool", &[tool]) },
    }))
}

fn officer(contents: &Contents) -> String {
    id("person", &[&contents.recipient.person.to_string()])
}

fn investigation(graph: &mut Graph, contents: &Contents, objects: Vec<Value>) -> serde_json::Result<()> {
    let case = &contents.case;
    let mut said = vec![
        format!("why it is here: {}", case.why),
        format!(
            "given by: {}, version {}, clause {}, width {}",
            case.agreement,
            case.version,
            case.clause,
            case.width.word()
        ),
        format!("reported by: {}", case.reporter),
    ];
    for kept in &contents.withheld {
        let clause = kept.clause.as_ref().map(|clause| format!(", clause {clause}")).unwrap_or_default();
        said.push(format!("kept back: {} of {} items{clause}: {}", kept.what, kept.items, kept.reason));
    }
    graph.add(&json!({
        "@id": id("investigation", &[&case.id.to_string()]),
        "@type": "case-investigation:Investigation",
        "uco-core:name": contents.recipient.case_number,
        "case-investigation:focus": case.class.word(),
        "uco-core:description": said,
        "uco-core:object": objects,
    }))
}

/// An item: its file as far as disclosed, where it was, and the decision that gave it. Returns what refers to it.
fn one(graph: &mut Graph, contents: &Contents, item: &ItemFacts) -> serde_json::Result<Value> {
    let name = item.id.to_string();
    let own = id("file", &[&name]);
    let this = json!({ "@id": own });
    let judged = &item.judged;
    let mut tags = vec![
        format!("class:{}", judged.class.word()),
        format!("age:{}", judged.age_group.word()),
        format!("gender:{}", judged.gender.word()),
    ];
    tags.extend(judged.country.map(|country| format!("class-country:{country}")));
    let facets = item.file.as_ref().map(|file| facets(&name, item, file)).unwrap_or_default();
    let mut node = json!({ "@id": own, "@type": "uco-observable:ObservableObject", "uco-core:tag": tags });
    if let Some(members) = node.as_object_mut()
        && !facets.is_empty()
    {
        members.insert("uco-core:hasFacet".into(), facets.into());
    }
    graph.add(&node)?;
    if let Some(at) = &item.url {
        let url = url(graph, &name, at)?;
        graph.add(&json!({
            "@id": id("relationship", &[&name, "url"]), "@type": "uco-observable:ObservableRelationship",
            "uco-core:source": this, "uco-core:target": url, "uco-core:kindOfRelationship": "Downloaded_From",
            "uco-core:isDirectional": true,
        }))?;
    }
    let given = &item.given;
    let (width, files) = (given.width.word(), if given.media { "with" } else { "without" });
    let why = format!(
        "{}, version {}, clause {}: {width}, {files} its file; {}",
        given.agreement, given.version, given.clause, given.reason
    );
    graph.add(&json!({
        "@id": id("provenance", &[&name, &contents.package.to_string()]),
        "@type": "case-investigation:ProvenanceRecord",
        "case-investigation:exhibitNumber": name,
        "uco-core:description": why,
        "uco-core:objectCreatedTime": date_time(given.at),
        "uco-core:object": this,
    }))?;
    for (n, event) in item.custody.iter().enumerate() {
        custody(graph, &name, n, event, &this)?;
    }
    Ok(this)
}

fn facets(name: &str, item: &ItemFacts, file: &FileFacts) -> Vec<Value> {
    let hashes = [("SHA256", &file.sha256), ("SHA1", &file.sha1), ("MD5", &file.md5)].map(|(method, value)| {
        json!({
            "@id": id("hash", &[name, method]), "@type": "uco-types:Hash",
            "uco-types:hashMethod": method,
            "uco-types:hashValue": hex_binary(value),
        })
    });
    let mut facets = vec![json!({
        "@id": id("content-data-facet", &[name]), "@type": "uco-observable:ContentDataFacet",
        "uco-observable:hash": hashes, "uco-observable:mimeType": file.kind,
        "uco-observable:sizeInBytes": integer(file.size),
    })];
    if let Some((_, sha256)) = &item.open {
        facets.push(json!({
            "@id": id("file-facet", &[name]), "@type": "uco-observable:FileFacet",
            "uco-observable:fileName": sha256,
            "uco-observable:filePath": crate::package::media_path(sha256),
            "uco-observable:sizeInBytes": integer(file.size),
        }));
    }
    if file.kind.starts_with("image/") && file.width > 0 {
        facets.push(json!({
            "@id": id("raster-picture-facet", &[name]), "@type": "uco-observable:RasterPictureFacet",
            "uco-observable:pictureWidth": integer(file.width), "uco-observable:pictureHeight": integer(file.height),
        }));
    }
    facets
}

fn url(graph: &mut Graph, of: &str, value: &str) -> serde_json::Result<Value> {
    let own = id("url", &[of]);
    graph.add(&json!({
        "@id": own, "@type": "uco-observable:URL",
        "uco-core:hasFacet": [{
            "@id": id("url-facet", &[of]), "@type": "uco-observable:URLFacet", "uco-observable:fullValue": value,
        }],
    }))?;
    Ok(json!({ "@id": own }))
}

/// One entry of the chain of custody.
fn custody(graph: &mut Graph, name: &str, n: usize, event: &Event, this: &Value) -> serde_json::Result<()> {
    let mut said = vec![format!("by: {}", event.who)];
    said.extend(event.purpose.as_ref().map(|why| format!("purpose: {why}")));
    said.extend(event.chained.as_ref().map(|(number, link)| format!("entry {number} of the log, link {link}")));
    graph.add(&json!({
        "@id": id("action", &[name, &n.to_string()]),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": event.act,
        "uco-core:description": said,
        "uco-action:startTime": date_time(event.at),
        "uco-action:object": this,
    }))
}
