package reader_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

func child(t testing.TB, how string) *reader.Child {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	return &reader.Child{Program: program, Args: []string{"read-document", how}}
}

func TestAChildReadsWhatThisProcessReads(t *testing.T) {
	t.Parallel()
	c := child(t, childServes)
	for name, data := range map[string][]byte{
		"a.pdf": pricePDF(t, 3), "a.docx": docxOf(t, paragraph("berschrift1", "Price list")+paragraph("", "Cleaning")),
		"a.csv": []byte("Service,Price\nCleaning,80\n"), "a.txt": []byte("Cleaning zanzibar-lilac"),
	} {
		kind, err := reader.Sniff(name, data)
		require.NoError(t, err)
		here, err := reader.Read(t.Context(), kind, bytes.NewReader(data), reader.DefaultLimits())
		require.NoError(t, err)
		there, err := c.Read(t.Context(), kind, bytes.NewReader(data), reader.DefaultLimits())
		require.NoError(t, err)
		require.Equal(t, here, there)
	}
	for name, want := range map[string]reader.Code{"%PDF-1.7 half": reader.Damaged, " ": reader.Empty} {
		_, err := c.Read(t.Context(), reader.PDF, strings.NewReader(name), reader.DefaultLimits())
		code, _ := reader.Refused(err)
		require.Equal(t, want, code)
	}
}

func TestAChildThatMisbehavesCostsOneDocument(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]reader.Code{childRecurses: reader.Damaged, childHoards: reader.Damaged, childHangs: reader.TookTooLong,
		childChatters: reader.TooLarge} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			c := child(t, how)
			c.Memory = 2 << 30 // the race detector writes much beside what is watched
			limits := reader.DefaultLimits()
			if how == childHoards {
				c.Memory = 256 << 20
			}
			if how == childHangs {
				limits.Time = time.Second
			}
			_, err := c.Read(t.Context(), reader.Text, strings.NewReader("Cleaning"), limits)
			code, refused := reader.Refused(err)
			require.True(t, refused, err)
			require.Equal(t, want, code)
		})
	}
	_, err := child(t, childNever).Read(t.Context(), reader.Text, strings.NewReader("Cleaning"), reader.DefaultLimits())
	require.Error(t, err)
	_, refused := reader.Refused(err)
	require.False(t, refused)
}

func TestAChildHasNoEnvironment(t *testing.T) {
	t.Setenv("CREDENTIALS_KEY", "test-secret-of-the-worker")
	pages, err := child(t, childConfesses).Read(t.Context(), reader.Text, strings.NewReader("Cleaning"), reader.DefaultLimits())
	require.NoError(t, err)
	require.Equal(t, []reader.Page{{Number: 0}}, pages)
}

func TestAChildThatCannotBeStartedIsNoRefusal(t *testing.T) {
	t.Parallel()
	c := &reader.Child{Program: "/nowhere/voxanne"}
	_, err := c.Read(t.Context(), reader.Text, strings.NewReader("Cleaning"), reader.DefaultLimits())
	require.Error(t, err)
	_, refused := reader.Refused(err)
	require.False(t, refused)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = child(t, childHangs).Read(ctx, reader.Text, strings.NewReader("Cleaning"), reader.DefaultLimits())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, refused = reader.Refused(err)
	require.False(t, refused, "a worker that shuts down says nothing about the document")
}

func BenchmarkChild(b *testing.B) {
	c, data := child(b, childServes), pricePDF(b, 3)
	for b.Loop() {
		if _, err := c.Read(b.Context(), reader.PDF, bytes.NewReader(data), reader.DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHere(b *testing.B) {
	data := pricePDF(b, 100)
	for b.Loop() {
		if _, err := reader.Read(b.Context(), reader.PDF, bytes.NewReader(data), reader.DefaultLimits()); err != nil {
			b.Fatal(err)
		}
	}
}
