//! Pages for whoever is not signed in.

pub mod complaints;
pub mod home;
pub mod sign_in;
