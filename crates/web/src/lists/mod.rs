//! Pages of hash lists, for whoever publishes or reads them.
