package pdftext

import (
	"bytes"
	"compress/flate"
	"encoding/ascii85"
	"errors"
	"io"

	"golang.org/x/image/tiff/lzw"
)

// errPicture is a filter of pictures: there is no text behind it.
var errPicture = errors.New("the stream is a picture")

// decode unpacks a stream. What it inflates to is taken from the file's allowance; beyond it comes [ErrTooMuch]. A stream that
// breaks off gives what was readable.
func (f *file) decode(s *stream) ([]byte, error) {
	filters, parameters := f.array(s.dict["Filter"]), f.array(s.dict["DecodeParms"])
	if one := f.name(s.dict["Filter"]); one != "" {
		filters, parameters = array{one}, array{s.dict["DecodeParms"]}
	}
	data := s.raw
	if len(filters) > 8 {
		return nil, ErrTooMuch // real files have two at most
	}
	for i, filter := range filters {
		var p dict
		if i < len(parameters) {
			p, _ = f.dict(parameters[i])
		}
		var err error
		if data, err = f.filter(f.name(filter), data, p); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (f *file) filter(filter name, data []byte, p dict) ([]byte, error) {
	var unpacked io.Reader
	switch filter {
	case "FlateDecode", "Fl":
		if len(data) < 2 {
			return nil, nil
		}
		// The two bytes of zlib's head are passed and its sum is not asked: both are wrong in files that every reader opens.
		unpacked = flate.NewReader(bytes.NewReader(data[2:]))
	case "LZWDecode", "LZW":
		if f.number(p["EarlyChange"], 1) != 1 {
			return nil, ErrDamaged // never seen outside test suites
		}
		unpacked = lzw.NewReader(bytes.NewReader(data), lzw.MSB, 8)
	case "ASCII85Decode", "A85":
		unpacked = ascii85.NewDecoder(bytes.NewReader(plain85(data)))
	case "ASCIIHexDecode", "AHx":
		unpacked = bytes.NewReader([]byte((&lexer{data: data}).hex()))
	case "RunLengthDecode", "RL":
		unpacked = &runLength{data: data}
	case "Crypt":
		return data, nil
	default:
		return nil, errPicture
	}
	plain, err := f.readAll(unpacked)
	if err != nil {
		return nil, err
	}
	return f.unpredict(plain, p)
}

// readAll reads within the allowance. An error of the packing is the end of what is readable, not a refusal.
func (f *file) readAll(r io.Reader) ([]byte, error) {
	if f.left.Inflated < 0 {
		return nil, ErrTooMuch
	}
	plain, _ := io.ReadAll(io.LimitReader(r, f.left.Inflated+1))
	f.left.Inflated -= int64(len(plain))
	if f.left.Inflated < 0 {
		return nil, ErrTooMuch
	}
	return plain, f.ctx.Err()
}

// plain85 takes the marks off; ascii85 knows neither.
func plain85(data []byte) []byte {
	data = bytes.TrimPrefix(bytes.TrimSpace(data), []byte("<~"))
	if end := bytes.IndexByte(data, '~'); end >= 0 {
		data = data[:end]
	}
	return data
}

// runLength unpacks runs: a length byte, then that many bytes, or one byte many times.
type runLength struct {
	data []byte
	run  []byte
}

func (r *runLength) Read(p []byte) (int, error) {
	for len(r.run) == 0 {
		if len(r.data) < 2 || r.data[0] == 128 {
			return 0, io.EOF
		}
		length := int(r.data[0])
		if length < 128 {
			end := min(length+2, len(r.data))
			r.run, r.data = r.data[1:end], r.data[end:]
		} else {
			r.run, r.data = bytes.Repeat(r.data[1:2], 257-length), r.data[2:]
		}
	}
	n := copy(p, r.run)
	r.run = r.run[n:]
	return n, nil
}

// unpredict undoes PNG's differences between rows, which tables of objects are packed with. TIFF's are for pictures.
func (f *file) unpredict(data []byte, p dict) ([]byte, error) {
	if f.number(p["Predictor"], 1) < 10 {
		return data, nil
	}
	colors, bits, columns := f.number(p["Colors"], 1), f.number(p["BitsPerComponent"], 8), f.number(p["Columns"], 1)
	if colors < 1 || colors > 32 || bits < 1 || bits > 32 || columns < 1 || columns > 1<<20 {
		return nil, ErrDamaged
	}
	pixel := max(1, int(colors*bits)/8)
	row := (int(colors*bits*columns) + 7) / 8
	before, current, plain := make([]byte, row), make([]byte, row), make([]byte, 0, len(data))
	for len(data) > 1 {
		kind := data[0]
		copied := copy(current, data[1:])
		clear(current[copied:])
		data = data[1+copied:]
		undoRow(kind, current, before, pixel)
		plain = append(plain, current[:copied]...)
		before, current = current, before
	}
	return plain, nil
}

func undoRow(kind byte, current, before []byte, pixel int) {
	for i := range current {
		var left, corner byte
		if i >= pixel {
			left, corner = current[i-pixel], before[i-pixel]
		}
		switch kind {
		case 1:
			current[i] += left
		case 2:
			current[i] += before[i]
		case 3:
			current[i] += byte((int(left) + int(before[i])) / 2)
		case 4:
			current[i] += paeth(left, before[i], corner)
		}
	}
}

// paeth picks the neighbour nearest to left + up - corner (PNG specification, 9.4).
func paeth(left, up, corner byte) byte {
	estimate := int(left) + int(up) - int(corner)
	toLeft, toUp, toCorner := distance(estimate, left), distance(estimate, up), distance(estimate, corner)
	switch {
	case toLeft <= toUp && toLeft <= toCorner:
		return left
	case toUp <= toCorner:
		return up
	}
	return corner
}

func distance(estimate int, b byte) int {
	if d := estimate - int(b); d >= 0 {
		return d
	}
	return int(b) - estimate
}
