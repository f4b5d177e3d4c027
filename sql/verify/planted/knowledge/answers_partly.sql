-- Somebody cleared vectors away by hand.
delete from public.knowledge_vectors where chunk_id = (select chunk_id from public.knowledge_vectors limit 1);
