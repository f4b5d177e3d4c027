package librarian_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/pgvector/pgvector-go"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
)

// many are two hundred clinics: one has 5,000 passages, the others eleven each. All are as near to the question as can be, those
// of the large one nearest, and all have a word of it; in every second small clinic a document is switched off.
const many = `
create function pg_temp.near(p_step integer) returns extensions.halfvec language sql immutable
as $$ select format('[1, %s, 0, 0]', p_step / 10000.0)::extensions.halfvec $$;
insert into public.organizations (id, name, slug, country, time_zone, knowledge_model)
select ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, 'Clinic ' || n, 'many-' || n, 'US', 'America/Chicago', 'm1'
from generate_series(1, 200) n;
insert into public.knowledge_documents (org_id, id, filename, checksum, latest_version, active)
select o.id, app.uuid_v7(), 'd' || d, sha256(d::text::bytea), 1, d < 2 or right(o.slug, 1)::integer % 2 = 0
from public.organizations o, generate_series(0, 2) d where o.slug like 'many-%';
insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes, state, chunks_total)
select d.org_id, d.id, 1, 'txt', 1, 'ready', case when o.slug = 'many-1' then 1667 when d.filename = 'd0' then 5 else 3 end
from public.knowledge_documents d join public.organizations o on o.id = d.org_id where o.slug like 'many-%';
update public.knowledge_documents d set current_version_id = v.id
from public.knowledge_versions v where v.org_id = d.org_id and v.document_id = d.id and d.filename ~ '^d[0-2]$';
insert into public.knowledge_chunks (org_id, document_id, version_id, position, body, tokens, text_config, tsv)
select v.org_id, v.document_id, v.id, n, v.org_id || ': whitening ' || n, 3, 'english', strip(to_tsvector('english', 'whitening ' || n))
from public.knowledge_versions v, generate_series(1, v.chunks_total) n;
insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
select c.org_id, c.id, c.version_id, 'm1', pg_temp.near(case when o.slug = 'many-1' then c.position else 6000 + c.position end)
from public.knowledge_chunks c join public.organizations o on o.id = c.org_id;
analyze`

// ownIndex is what sql/verify/knowledge.sql tells a DBA to make for a clinic that has outgrown exact search.
const ownIndex = `
do $$ begin
  execute format('create index %I on public.knowledge_vectors using hnsw ((embedding::extensions.halfvec(4)) extensions.halfvec_cosine_ops)
    where org_id = %L and model = %L and extensions.vector_dims(embedding) = 4',
    app.knowledge_index_name('00000000-0000-7000-9000-000000000001', 'm1', 4), '00000000-0000-7000-9000-000000000001', 'm1');
end $$`

// Another clinic's passage never appears, and never fewer than were asked for while so many reach the least score: for each of
// two hundred clinics, of which one is huge and nearer than all others, by vectors, by words and by both.
func TestTwoHundredClinicsFindTheirOwnAndNeverTooFew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.data.Exec(t, many)
	clinics := clinicsWith(t, b)
	require.Len(t, clinics, 200)
	b.eachFindsItsOwn(t, clinics)

	huge := uuid.MustParse("00000000-0000-7000-9000-000000000001")
	b.data.Exec(t, ownIndex)
	t.Run("the huge one has an index", func(t *testing.T) { b.eachFindsItsOwn(t, map[uuid.UUID]int{huge: clinics[huge]}) })

	// What the index finds first answers nobody any more: it must go on, or be left.
	b.data.Exec(t, `update public.knowledge_documents set active = filename = 'd2' where org_id = '`+huge.String()+`'`)
	t.Run("the index is full of what is switched off", func(t *testing.T) { b.eachFindsItsOwn(t, map[uuid.UUID]int{huge: 1667}) })
	b.data.Exec(t, `
		update public.knowledge_vectors w set embedding = '[-1, 0, 0, 1]'
		from public.knowledge_chunks c where c.id = w.chunk_id and c.org_id = '`+huge.String()+`' and c.position > 150`)
	t.Run("a few are near", func(t *testing.T) {
		passages := b.passages(t, huge, db.MatchKnowledgeParams{Model: new("m1"), Embedding: probe(), AtMost: 150})
		require.Len(t, passages, 150)
		passages = b.passages(t, huge, db.MatchKnowledgeParams{Model: new("m1"), Embedding: probe(), AtMost: 1667, MinScore: new(float32(0))})
		require.Len(t, passages, 1667)
	})
}

// clinicsWith are the clinics of the set, with how many passages answer in each.
func clinicsWith(t *testing.T, b *testBundle) map[uuid.UUID]int {
	t.Helper()
	rows, err := b.data.Pool(t).Query(t.Context(), `
		select d.org_id, sum(v.chunks_total)::integer
		from public.knowledge_documents d join public.knowledge_versions v on v.id = d.current_version_id where d.active group by 1`)
	require.NoError(t, err)
	defer rows.Close()
	clinics := map[uuid.UUID]int{}
	for rows.Next() {
		var id uuid.UUID
		var pieces int
		require.NoError(t, rows.Scan(&id, &pieces))
		clinics[id] = pieces
	}
	require.NoError(t, rows.Err())
	return clinics
}

// eachFindsItsOwn asks every clinic three ways for five passages, and for as many as it has, up to three hundred.
func (b *testBundle) eachFindsItsOwn(t *testing.T, clinics map[uuid.UUID]int) {
	t.Helper()
	for clinic, pieces := range clinics {
		for _, asked := range []int32{5, int32(min(pieces, 300))} {
			for way, search := range map[string]db.MatchKnowledgeParams{
				"vectors": {Model: new("m1"), Embedding: probe(), AtMost: asked},
				"words":   {Question: "whitening", AtMost: asked},
				"both":    {Question: "whitening", Model: new("m1"), Embedding: probe(), AtMost: asked},
			} {
				passages := b.passages(t, clinic, search)
				require.Len(t, passages, int(asked), "%s: %s", clinic, way)
				for _, passage := range passages {
					require.Contains(t, passage, clinic.String()+":", way)
				}
			}
		}
	}
}

func (b *testBundle) passages(t *testing.T, clinic uuid.UUID, search db.MatchKnowledgeParams) (texts []string) {
	t.Helper()
	require.NoError(t, b.db.AsTenant(t.Context(), clinic, func(tx db.Tx) error {
		matches, err := tx.MatchKnowledge(t.Context(), search)
		for _, m := range matches {
			texts = append(texts, m.Body)
		}
		return err
	}))
	return texts
}

// probe is the question's vector.
func probe() *pgvector.Vector { return new(pgvector.NewVector([]float32{1, 0, 0, 0})) }
