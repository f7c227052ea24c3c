"""Rules of the registry's administration: plain Python over the database, without GraphQL."""
