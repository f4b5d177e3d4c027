-- What the demo clinics' agents answer from. A clinic that ever had a document gets none: whoever deleted it wanted that. Workers
-- make it ready; the pieces are theirs to write.
do $$
declare
  v_org record;
  v_content bytea := convert_to($doc$# Parking

Parking in the garage behind the house is free for two hours. The entrance has no steps.

# Paying

Cards and cash are welcome. Larger treatments can be paid in three monthly parts without interest.

# Cancelling

Please cancel or move a visit at least 24 hours ahead. Missed visits cost 50.
$doc$, 'UTF8');
  v_document_id uuid;
begin
  for v_org in
    select o.id from public.organizations o
    where o.slug in ('lakeside-dental', 'harbor-skin')
      and not exists (select from public.knowledge_documents d where d.org_id = o.id)
  loop
    perform set_config('request.jwt.claims', jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_org.id))::text, true);
    insert into public.knowledge_documents (org_id, filename, category, checksum)
    values (v_org.id, 'good-to-know.md', 'operations', sha256(v_content))
    returning id into v_document_id;
    perform app.queue_knowledge(v_document_id, 'md', v_content);
    insert into public.knowledge_gaps (org_id, topic, question, times_asked, best_score)
    values (v_org.id, 'gift voucher', 'Do you sell gift vouchers?', 2, 0.12)
    on conflict do nothing;
  end loop;
  perform set_config('request.jwt.claims', '', true);
end
$$;
