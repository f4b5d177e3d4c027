package reader_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// BenchmarkPDF reads the documents of testdata; `go run ./cmd/bench -only documents` shows pdftotext beside it.
func BenchmarkPDF(b *testing.B) {
	files, err := filepath.Glob("testdata/documents/*.pdf")
	require.NoError(b, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(b, err)
		if _, err := reader.Read(b.Context(), reader.PDF, bytes.NewReader(data), reader.DefaultLimits()); err != nil {
			continue // those that are refused
		}
		b.Run(filepath.Base(file), func(b *testing.B) {
			pages := 0
			for b.Loop() {
				read, err := reader.Read(b.Context(), reader.PDF, bytes.NewReader(data), reader.DefaultLimits())
				require.NoError(b, err)
				pages += len(read)
			}
			b.ReportMetric(float64(pages)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
