# Everything is set up in .venv/ of this checkout; nothing outside it is touched.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/ready
FONTS  := $(VENV)/fonts/.tried
DEMO   := demo-office
# So many tests run side by side: one for each processor, two at least, four at most.
JOBS   ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$(( n < 2 ? 2 : n > 4 ? 4 : n )))
# An inherited path must not leak another Python's packages into the checkout's own; without bytecode every command of a
# test would compile the program anew.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test slow check json format lint types imports coverage bench lock calendar translation fonts gallery language statements wheel-test clean

help:  ## 列出各目标
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## 在 .venv/ 中装好命令和开发工具

$(READY): lock-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo '需要 Python 3.11 或更新版本；可写 make PYTHON=python3.11 …' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo '本机的 Python 缺少 venv／ensurepip 模块；Debian、Ubuntu 上请先运行：apt install python3-venv' >&2; exit 1; }
	@echo '正在 $(VENV)/ 中安装，首次约需一分钟……' >&2
	@mkdir -p $(VENV) && find $(VENV) -mindepth 1 -maxdepth 1 ! -name fonts -exec rm -rf {} +
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r lock-dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

# LIFECYCLE_DB=postgresql+psycopg://… plays it in that empty database; any other is left alone.
demo: $(READY) $(FONTS)  ## 演示：十个项目，一个走完全程，签发公文
	@rm -rf $(DEMO)
	@$(BIN)/lifecycle demo --into $(DEMO)

test: $(READY) $(FONTS)  ## 测试（不含慢测试）；没有字体时，排印公文的测试跳过并说明
	$(BIN)/python -m pytest -q -n $(JOBS) -m 'not slow'

slow: $(READY) $(FONTS)  ## 故障、并发和 LibreOffice 测试
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m slow

check: format lint types imports test  ## 格式、静态检查、类型、导入方向、测试（含文档示例）

format: $(READY)  ## 检查格式
	$(BIN)/ruff format --check .

lint: $(READY)  ## 静态检查
	$(BIN)/ruff check .

types: $(READY)  ## 类型检查
	$(BIN)/mypy

imports: $(READY)  ## 检查导入方向
	$(BIN)/lint-imports --no-logo

coverage: $(READY)  ## 测试覆盖率（含分支）
	$(BIN)/python -m pytest -q -n $(JOBS) -m 'not slow' --cov --cov-report=term-missing

bench: $(READY)  ## 性能对照，打印比值（对照的 eventsourcing 装在 .venv/bench/）
	$(BIN)/python benchmarks/bench.py

fonts: $(READY)  ## 取得排印公文的字体（约 150 MB），放进 .venv/fonts/
	$(BIN)/python fonts/obtain.py

# Tried once without being asked; where it cannot be done, what needs fonts says so.
$(FONTS): | $(READY)
	@mkdir -p $(VENV)/fonts
	@$(BIN)/python fonts/obtain.py || true
	@touch $(FONTS)

gallery: $(READY) $(FONTS)  ## 重画公文图册 docs/gallery.md
	$(BIN)/python docs/build_gallery.py

language: $(READY)  ## 重写 docs/language.md、docs/letters.md 中由语言的表写出的部分
	$(BIN)/python docs/build_language.py

json: $(READY)  ## 重写 docs/json.md 的键表
	$(BIN)/python docs/build_json.py

calendar: $(READY)  ## 重建 calendars/CN.yaml
	$(BIN)/python calendars/build.py

statements: $(READY)  ## 重写 lifecycle/ledger/sql/text.py：由表和语句的定义编译的 SQL
	$(BIN)/python -m lifecycle.ledger.sql.compiling

translation: $(READY)  ## 编译 lifecycle/cli/terminal/locale/ 中的译文（click 的语句）
	$(BIN)/python lifecycle/cli/terminal/locale/msgfmt.py

lock:  ## 重建 lock.txt 与 lock-dev.txt（各平台通用，带哈希，不含网址）
	@$(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install -q --disable-pip-version-check uv
	$(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-strip-extras --no-emit-index-url --no-emit-find-links --no-sources pyproject.toml -o lock.txt
	$(VENV)/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-strip-extras --no-emit-index-url --no-emit-find-links --no-sources pyproject.toml --group dev --extra postgresql -c lock.txt -o lock-dev.txt

WHEEL := $(CURDIR)/$(VENV)/wheel
wheel-test: $(READY)  ## 构建 wheel，装入干净环境，在别处运行
	@rm -rf $(WHEEL)
	@$(BIN)/python -m build --wheel --no-isolation -o $(WHEEL)/dist . >$(VENV)/wheel.log 2>&1 || { cat $(VENV)/wheel.log >&2; exit 1; }
	@$(PYTHON) -m venv $(WHEEL)/venv
	@$(WHEEL)/venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r lock.txt
	@$(WHEEL)/venv/bin/python -m pip install -q --disable-pip-version-check --no-deps $(WHEEL)/dist/*.whl
	cd / && $(WHEEL)/venv/bin/lifecycle --version
	cd / && LIFECYCLE_FONTS=$(CURDIR)/$(VENV)/fonts $(WHEEL)/venv/bin/lifecycle demo --into $(WHEEL)/demo >$(WHEEL)/demo.txt
	@echo 'wheel 可在任何目录运行'

clean:  ## 删去 .venv/ 与演示数据
	rm -rf $(VENV) $(DEMO)
