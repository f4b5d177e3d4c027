-- What `go run ./cmd/bench -only knowledge` asks: clinics with bench.sizes pieces of some 220 words each, and 1024 dimensions.
-- Words come as in speech, the n-th one n times as rarely as the first; vectors lie in two hundred heaps. Run once as the owner.
create schema if not exists bench;
select setseed(0.5);

create table bench.words as
select n, case when n <= 60 then (string_to_array(
    'whitening crown filling implant appointment price insurance parking hygiene root canal veneer checkup child emergency payment plan '
    'consultation cleaning braces retainer aligner denture extraction xray anaesthetic sedation gum bleeding swelling pain tooth molar '
    'bridge bonding polish fluoride sealant dentist hygienist surgeon nurse clinic hours weekend evening holiday refund deposit invoice '
    'discount membership referral form address floor lift wheelchair bus station', ' '))[n]
  else (select string_agg((array['ba','co','di','fe','gu','la','mi','no','pe','ra','si','to','vu','za','le','ro'])[1 + (n * (i * i + 7) / (i * 13)) % 16], ''
    order by i) from generate_series(1, 4) i) || n end as word
from generate_series(1, 20000) n;
create unique index on bench.words (n);

-- Twenty thousand sentences, of which every piece has twenty.
create table bench.sentences as
select s as n, string_agg(w.word, ' ') || '.' as text
from generate_series(1, 20000) s
cross join lateral (select floor(exp(random() * ln(20000)))::integer as at from generate_series(1, 11 + 0 * s)) d
join bench.words w on w.n = greatest(1, d.at)
group by s;
create unique index on bench.sentences (n);
create table bench.noise as
select n, (select array_agg(random() - 0.5) from generate_series(1, 1024 + 0 * n))::real[]::extensions.vector(1024) as v
from generate_series(1, 2000) n;
create unique index on bench.noise (n);
analyze bench.words, bench.sentences, bench.noise;

-- A clinic's documents have 250 pieces each. Its id ends with how many it has.
create procedure bench.fill(p_pieces integer)
language plpgsql
as $$
declare
  v_org uuid := ('00000000-0000-7000-9000-' || lpad(p_pieces::text, 12, '0'))::uuid;
begin
  insert into public.organizations (id, name, slug, country, time_zone, knowledge_model)
  values (v_org, 'Bench clinic of ' || p_pieces, 'bench-' || p_pieces, 'US', 'America/Chicago', 'bench');
  insert into public.agents (org_id, name, role, is_default) values (v_org, 'Receptionist', 'inbound', true);
  insert into public.knowledge_documents (org_id, filename, checksum, latest_version)
  select v_org, 'document-' || n || '.txt', sha256(n::text::bytea), 1 from generate_series(1, ceil(p_pieces / 250.0)::integer) n;
  insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes, state)
  select v_org, d.id, 1, 'txt', 1, 'ready' from public.knowledge_documents d where d.org_id = v_org;
  update public.knowledge_documents d
  set current_version_id = v.id
  from public.knowledge_versions v
  where d.org_id = v_org and v.org_id = v_org and v.document_id = d.id;
  insert into public.knowledge_chunks (org_id, document_id, version_id, position, body, tokens, text_config, tsv)
  select v_org, d.id, d.current_version_id, 1 + n % 250, b.body, 290, 'english', strip(to_tsvector('english', b.body))
  from generate_series(0, p_pieces - 1) n
  join (select d.*, row_number() over (order by d.id) - 1 as at
    from public.knowledge_documents d where d.org_id = v_org) d on d.at = n / 250
  cross join lateral (
    select string_agg(s.text, ' ') as body
    from (select 1 + floor(random() * 20000)::integer as at from generate_series(1, 20 + 0 * n) offset 0) r
    join bench.sentences s on s.n = r.at) b;
  update public.knowledge_versions v
  set chunks_total = c.pieces, chunks_done = c.pieces
  from (select c.version_id, count(*) as pieces from public.knowledge_chunks c where c.org_id = v_org group by 1) c
  where v.org_id = v_org and v.id = c.version_id;
  insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
  select v_org, r.id, r.version_id, 'bench', extensions.l2_normalize(heap.v operator(extensions.+) a.v operator(extensions.+) b.v)::extensions.halfvec
  from (select c.id, c.version_id, floor(random() * 200)::integer + 1 as heap, floor(random() * 2000)::integer + 1 as a,
      floor(random() * 2000)::integer + 1 as b
    from public.knowledge_chunks c where c.org_id = v_org offset 0) r
  join bench.noise heap on heap.n = r.heap
  join bench.noise a on a.n = r.a
  join bench.noise b on b.n = r.b;
end
$$;

-- Half the words of a sentence that stands somewhere, and a vector near a piece's.
create function bench.question(p_org uuid, out question text, out embedding extensions.vector)
language plpgsql
as $$
declare
  v_chunk uuid;
  v_noise constant integer := 1 + floor(random() * 2000);
begin
  select c.id, array_to_string((string_to_array(split_part(c.body, '. ', 3), ' '))[1:6], ' ') into v_chunk, question
  from public.knowledge_chunks c
  where c.org_id = p_org and c.version_id = (
    select v.id from public.knowledge_versions v where v.org_id = p_org order by md5(v.id::text || random()) limit 1)
  order by random() limit 1;
  select w.embedding::extensions.vector operator(extensions.+) w.embedding::extensions.vector operator(extensions.+) w.embedding::extensions.vector
    operator(extensions.+) extensions.l2_normalize(n.v)
  into embedding
  from public.knowledge_vectors w, bench.noise n
  where w.org_id = p_org and w.chunk_id = v_chunk and n.n = v_noise;
end
$$;

-- What sql/verify/knowledge.sql tells a DBA to run for a clinic that has outgrown exact search; a scratch database needs no concurrently.
create function bench.index_of(p_org uuid) returns text language sql as $$
  select format('create index %I on public.knowledge_vectors using hnsw ((embedding::extensions.halfvec(1024)) extensions.halfvec_cosine_ops) '
    'where org_id = %L and model = %L and extensions.vector_dims(embedding) = 1024', app.knowledge_index_name(p_org, 'bench', 1024), p_org, 'bench')
$$;
