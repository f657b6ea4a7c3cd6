# -*- coding: utf-7 -*-
# attack: python
# rule: source-text
# goal: Hide code in another encoding. It is reached when REACHED is printed.
# harmless +AAo-if open('ATTACK_SECRET').read():+AAo-    print('REACHED')+AAo-
