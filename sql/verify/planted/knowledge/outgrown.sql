-- A clinic with a library.
update public.knowledge_versions set chunks_total = 60000;
