module github.com/postroom/postroom/internal/bench

go 1.26.0

require github.com/postroom/postroom v0.0.0

replace github.com/postroom/postroom => ../..
