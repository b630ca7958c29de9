<?php
require $argv[1];
foreach (file('php://stdin', FILE_IGNORE_NEW_LINES) as $line) {
    $p = explode('|', $line);
    if ($p[0] === 'sign') {
        echo baitiao_signature(base64_decode($p[1]), $p[2], base64_decode($p[3]), (int) $p[4], $p[5], base64_decode($p[6])), "\n";
    } else {
        $is = baitiao_is_genuine(base64_decode($p[1]), $p[2], $p[3], base64_decode($p[4]), base64_decode($p[5]), (int) $p[6]);
        echo $is ? 'true' : 'false', "\n";
    }
}
