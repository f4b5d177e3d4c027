package embedding

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// LexicalModel is the name of [Lexical]'s vectors. It changes whenever one number of them would.
const LexicalModel = "voxanne-lexical-1"

// LexicalDimensions of [Lexical]'s vectors. With fewer, chunks drown in each other's noise: see docs/decisions/0022.
const LexicalDimensions = 1024

// What a feature of a text counts for. Pieces of a word count together what piecesOf says: they find plurals, compounds and
// slips of the pen, and must not outweigh the word itself.
const (
	wordWeight   = 1.0
	pairWeight   = 0.5
	piecesWeight = 0.7
	commonWeight = 0.15
)

// Lexical is an [Embedder] that needs no key, no network and no model: texts are near each other when they share words, or
// pieces of words. It is LEXICAL: "tooth" and "dental" are strangers to it. It is for development, tests and clinics that want
// nothing sent anywhere, and whoever shows its results should say so. It is safe for concurrent use.
type Lexical struct {
	common map[string]bool
	plain  *strings.Replacer
}

// NewLexical returns it.
func NewLexical() *Lexical {
	l := &Lexical{common: map[string]bool{}, plain: strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d",
		"þ", "th", "ı", "i")}
	for _, word := range strings.Fields(commonWords) {
		l.common[word] = true
	}
	return l
}

// commonWords of the languages of our clinics, folded: every text has them, so that they tell nothing.
const commonWords = `a an and are as at be by can could do does for from has have how i if in is it its me my much of on or our per please
the that there this to we what when where which who will with would you your
der die das den dem des ein eine einen einer eines und oder ist sind war was wie viel wann wo wer mit von zu zum zur fur auf im in am bei
ich sie wir es nicht auch kostet kosten
el la los las un una unos unas y o de del al en con por para que es son cual cuanto cuesta como donde cuando se su mi lo
le les des du et ou est sont au aux avec pour par dans sur ce cette ces combien quel quelle quand je vous nous il elle`

// Model implements [Embedder].
func (l *Lexical) Model() string { return LexicalModel }

// Dimensions implements [Embedder].
func (l *Lexical) Dimensions() int { return LexicalDimensions }

// offline marks it for [IsOffline].
func (l *Lexical) offline() {}

// Embed implements [Embedder]. Vectors have length 1.
//
// Errors: [ErrEmptyText], the context's.
func (l *Lexical) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if strings.TrimSpace(text) == "" {
			return nil, ErrEmptyText
		}
		vectors[i] = l.embed(text)
	}
	return vectors, nil
}

// embed adds up what the text's words count, in places that their hashes choose, with signs that let strangers in one place
// cancel out (signed feature hashing).
func (l *Lexical) embed(text string) []float32 {
	times := map[string]int{}
	before := ""
	var sum [LexicalDimensions]float64
	for _, word := range l.words(text) {
		times[word]++
		if before != "" && !l.common[word] && !l.common[before] {
			times[before+" "+word]++
		}
		before = word
	}
	for _, feature := range slices.Sorted(maps.Keys(times)) { // in order: sums of floats depend on it
		l.addFeature(&sum, feature, 1+math.Log(float64(times[feature]))) // the tenth mention says little that the first did not
	}
	return normalised(sum)
}

func (l *Lexical) addFeature(sum *[LexicalDimensions]float64, feature string, weight float64) {
	switch {
	case strings.Contains(feature, " "):
		add(sum, "p", feature, weight*pairWeight)
	case l.common[feature]:
		add(sum, "w", feature, weight*commonWeight)
	default:
		add(sum, "w", feature, weight*wordWeight)
		pieces := piecesOf(feature)
		for _, piece := range pieces {
			add(sum, "g", piece, weight*piecesWeight/math.Sqrt(float64(len(pieces))))
		}
	}
}

// maxWord is the longest word that is looked at in pieces, in letters; longer ones are numbers or noise.
const maxWord = 40

// piecesOf a word: every three and four letters in a row, its ends marked.
func piecesOf(word string) []string {
	letters := []rune("<" + word + ">")
	if len(letters) > maxWord {
		return nil
	}
	var pieces []string
	for _, n := range []int{3, 4} {
		for i := 0; i+n <= len(letters); i++ {
			pieces = append(pieces, string(letters[i:i+n]))
		}
	}
	return pieces
}

// add puts a feature into its place. FNV-1a is written out because its place and sign are part of what [LexicalModel] names.
func add(sum *[LexicalDimensions]float64, kind, feature string, weight float64) {
	hash := uint64(14695981039346656037)
	for _, part := range []string{kind, feature} {
		for i := range len(part) {
			hash = (hash ^ uint64(part[i])) * 1099511628211
		}
	}
	hash ^= hash >> 32 // FNV's upper bits hardly move for short texts
	hash *= 0x9e3779b97f4a7c15
	if hash>>63 == 1 {
		weight = -weight
	}
	sum[(hash>>20)%LexicalDimensions] += weight
}

// normalised gives the vector length 1. Features that cancelled each other out to nothing leave a vector of one place.
func normalised(sum [LexicalDimensions]float64) []float32 {
	square := 0.0
	for _, x := range sum {
		square += x * x
	}
	if square == 0 {
		sum[0], square = 1, 1
	}
	vector := make([]float32, len(sum))
	for i, x := range sum {
		vector[i] = float32(x / math.Sqrt(square))
	}
	return vector
}

// words of a text, in small letters and without accents. Signs of writing without spaces come one by one, and their pairs do the
// rest.
func (l *Lexical) words(text string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	for _, r := range norm.NFKD.String(l.plain.Replace(strings.ToLower(text))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end()
			words = append(words, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word.WriteRune(r)
		default:
			end()
		}
	}
	end()
	return words
}
