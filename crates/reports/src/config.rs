//! Config section `[reports]`.

use serde::{Deserialize, Serialize};

/// Limits of intake, and what the network tells police of countries without a hotline.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportsConfig {
    /// Most bytes of one file. Default 4 GiB.
    pub max_file_bytes: u64,
    /// Most files in one request, and the most in one report. Default 500.
    pub max_files: usize,
    /// Most bytes of one request with files. Default 5 GiB.
    pub max_request_bytes: u64,
    /// Hours for which a package that an officer takes along is kept sealed. Default 24.
    pub package_hours: u32,
    /// The network's default lane for hosting countries without a hotline; none: nobody is told there.
    pub default_lane: Option<agreements::decide::DefaultLane>,
    /// What each factor of urgency counts for LEAs that have set nothing. Points; `day` is what a day takes off.
    pub urgency: crate::urgency::Weights,
}

impl Default for ReportsConfig {
    fn default() -> Self {
        Self {
            max_file_bytes: 4 << 30,
            max_files: 500,
            max_request_bytes: 5 << 30,
            package_hours: 24,
            default_lane: None,
            urgency: crate::urgency::Weights::default(),
        }
    }
}
