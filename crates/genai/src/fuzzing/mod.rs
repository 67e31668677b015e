//! What the fuzz targets do, so that ordinary tests do the same. Not part of the API.
