update public.goose_db_version set is_applied = false where version_id = 13;
