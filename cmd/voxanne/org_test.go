package main

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const benEmail = "ben.quillby@patients.example"

// signUpUnheard puts a person in whom no trigger hears of, with a stamp.
func (m *managed) signUpUnheard(t *testing.T, email, stamp string) (id uuid.UUID) {
	t.Helper()
	m.data.Exec(t, `alter table auth.users disable trigger user`)
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(), `insert into auth.users (id, email, raw_app_meta_data, raw_user_meta_data)
		values (gen_random_uuid(), $1, nullif($2, '')::jsonb, '{"business_name": "Quill Skin"}') returning id`, email, stamp).Scan(&id))
	m.data.Exec(t, `alter table auth.users enable trigger user`)
	return id
}

func (m *managed) membership(t *testing.T, user uuid.UUID) (role, stamp string) {
	t.Helper()
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(), `select coalesce(p.role, ''), coalesce(u.raw_app_meta_data ->> 'org_id', '')
		from auth.users u left join public.profiles p on p.user_id = u.id where u.id = $1`, user).Scan(&role, &stamp))
	return role, stamp
}

func TestMembershipsThatFitTogetherAreLeftAlone(t *testing.T) {
	t.Parallel()
	m := manage(t)
	for _, args := range [][]string{{"--all"}, {"--user", m.user.String()}, {"--user", "Ada.Quillby@Patients.example", "--yes"}} {
		var s survey
		require.Equal(t, 0, m.reads(t, &s, append([]string{"org", "repair-membership"}, args...)...), args)
		require.Empty(t, s.Faults)
		require.Empty(t, s.Repaired)
	}
	status, _, complaints := m.command(t, "org", "repair-membership", "--user", "nobody@patients.example")
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "there is no such person")
}

func TestAPersonWithoutAClinicGetsOneOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	m := manage(t)
	ben := m.signUpUnheard(t, benEmail, "")
	var s survey
	require.Equal(t, 1, m.reads(t, &s, "org", "repair-membership", "--all"))
	require.Equal(t, survey{DryRun: true, Faults: []faultShown{{UserID: ben, Kind: "no_organization", Repair: "found"}}, Repaired: []faultShown{}}, s)
	require.Equal(t, 1, m.reads(t, &s, "org", "repair-membership", "--user", benEmail, "--dry-run"))
	status, _, _ := m.command(t, "org", "repair-membership", "--user", benEmail)
	require.Equal(t, 2, status, "no terminal, no --yes")
	status, _, complaints := m.answer(t, "no", "org", "repair-membership", "--user", benEmail)
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "one is founded, as the sign-up would have")
	role, stamp := m.membership(t, ben)
	require.Equal(t, []string{"", ""}, []string{role, stamp}, "so far nothing was changed")

	status, out, complaints := m.answer(t, "repair", "org", "repair-membership", "--user", benEmail)
	require.Equal(t, 0, status, complaints)
	require.Contains(t, out, ben.String()+"  repaired (found)")
	role, stamp = m.membership(t, ben)
	require.Equal(t, "owner", role)
	require.NotEmpty(t, stamp)
	require.Equal(t, 0, m.reads(t, &s, "org", "repair-membership", "--all"))
}

func TestAStampThatDisagreesIsPutRight(t *testing.T) {
	t.Parallel()
	m := manage(t)
	m.data.Exec(t, `alter table auth.users disable trigger user`)
	m.data.Exec(t, `update auth.users set raw_app_meta_data = jsonb_build_object('org_id', $2::text) where id = $1`, m.user, harborOrg)
	var s survey
	require.Equal(t, 0, m.reads(t, &s, "org", "repair-membership", "--user", m.user.String(), "--yes"))
	require.Equal(t, []any{"wrong_stamp", harborOrg}, []any{s.Faults[0].Kind, *s.Faults[0].StampedOrg})
	require.Equal(t, []any{m.slug, "owner", m.org.String()}, []any{*s.Repaired[0].Org, *s.Repaired[0].Role, *s.Repaired[0].StampedOrg})
	_, stamp := m.membership(t, m.user)
	require.Equal(t, m.org.String(), stamp)
}

func TestALostProfileIsForPeopleToDecide(t *testing.T) {
	t.Parallel()
	m := manage(t)
	ben := m.signUpUnheard(t, benEmail, `{"org_id": "`+harborOrg+`"}`)
	status, out, _ := m.command(t, "org", "repair-membership", "--user", ben.String(), "--yes")
	require.Equal(t, 1, status)
	require.Contains(t, out, "invite them again")
	role, _ := m.membership(t, ben)
	require.Empty(t, role)
}

func TestAProfileOfNobodyIsDeleted(t *testing.T) {
	t.Parallel()
	m := manage(t)
	nobody := uuid.New()
	m.data.Exec(t, `with planted as (select set_config('session_replication_role', 'replica', false))
		insert into public.profiles (org_id, user_id, role) select $1, $2, 'staff' from planted`, harborOrg, nobody)
	var s survey
	require.Equal(t, 0, m.reads(t, &s, "org", "repair-membership", "--user", nobody.String(), "--yes"))
	require.Equal(t, "orphan_profile", s.Repaired[0].Kind)
	require.Equal(t, 0, m.reads(t, &s, "org", "repair-membership", "--all"))
}
