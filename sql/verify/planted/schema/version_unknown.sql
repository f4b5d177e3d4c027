insert into public.goose_db_version (version_id, is_applied) values (99998, true);
