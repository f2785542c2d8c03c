//! The reverse proxy: route table, forwarding, upgrades, CHP's REST API.
