// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing of its own: the target that owns the headers which the tests share precompiled (tests/CMakeLists.txt).
