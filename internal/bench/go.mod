module github.com/postroom/postroom/internal/bench

go 1.26
