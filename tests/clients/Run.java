import java.util.Base64;
import java.util.Scanner;

final class Run {
    public static void main(String[] args) {
        Scanner lines = new Scanner(System.in, "UTF-8");
        while (lines.hasNextLine()) {
            String[] part = lines.nextLine().split("\\|", -1);
            if (part[0].equals("sign")) {
                System.out.println(Baitiao.signature(
                        text(part[1]), part[2], text(part[3]), Long.parseLong(part[4]), part[5], bytes(part[6])));
            } else {
                System.out.println(Baitiao.isGenuine(
                        text(part[1]), part[2], part[3], text(part[4]), bytes(part[5]), Long.parseLong(part[6])));
            }
        }
    }

    private static byte[] bytes(String coded) {
        return Base64.getDecoder().decode(coded);
    }

    private static String text(String coded) {
        return new String(bytes(coded), java.nio.charset.StandardCharsets.UTF_8);
    }
}
