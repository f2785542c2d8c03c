//! Templates, styles and scripts of the pages, with samples of every page's data.
