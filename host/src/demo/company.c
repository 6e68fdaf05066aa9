#include "demo.h"

/* A grocer in Pune: one depot, two shops, a van between them. Stock only moves forward in
 * time, so the steps of each item are in the order of their dates. Amounts are in the base
 * currency. */

#define DONE "submit"

const demo_step demo_steps[] = {
    /* ---- cost centers, warehouses: a depot that feeds two shops, and the van between them ---- */
    {NULL, "finance/cost-centers", NULL, NULL, "{'code':'PUNE-DC','name':'Pune depot'}"},
    {NULL, "finance/cost-centers", NULL, NULL, "{'code':'KOTHRUD','name':'Kothrud shop'}"},
    {NULL, "finance/cost-centers", NULL, NULL, "{'code':'BANER','name':'Baner shop'}"},
    {NULL, "wms/warehouses", NULL, NULL,
     "{'code':'DC-PUNE','name':'Pune depot','kind':'depot',"
     "'cost_center':'@cost-centers:PUNE-DC',"
     "'address':'Gat 114, Nagar Road, Wagholi, Pune 412207'}"},
    {NULL, "wms/warehouses", NULL, NULL,
     "{'code':'KOTHRUD','name':'Kothrud shop','kind':'outlet',"
     "'parent':'@warehouses:DC-PUNE','cost_center':'@cost-centers:KOTHRUD',"
     "'address':'12 Karve Road, Kothrud, Pune 411038'}"},
    {NULL, "wms/warehouses", NULL, NULL,
     "{'code':'BANER','name':'Baner shop','kind':'outlet','parent':'@warehouses:DC-PUNE',"
     "'cost_center':'@cost-centers:BANER','address':'3 Baner Road, Baner, Pune 411045'}"},
    {NULL, "wms/warehouses", NULL, NULL,
     "{'code':'VAN','name':'Delivery van','kind':'transit',"
     "'cost_center':'@cost-centers:PUNE-DC'}"},
    /* ---- suppliers, customers ---- */
    {NULL, "core/suppliers", NULL, NULL,
     "{'code':'SAHYADRI','name':'Sahyadri Agro Foods','supplier_group':'Staples',"
     "'credit_days':30,'contact':{'name':'Anil Jadhav','phone':'020 5550 1101',"
     "'email':'orders@sahyadri-agro.example'},'address':{'line1':'Market Yard, Gultekdi',"
     "'city':'Pune','region':'Maharashtra','postal_code':'411037','country':'India'}}"},
    {NULL, "core/suppliers", NULL, NULL,
     "{'code':'MALWA','name':'Malwa Oil Mills','supplier_group':'Oils','credit_days':21,"
     "'contact':{'name':'Rakesh Soni','phone':'0731 555 2020',"
     "'email':'sales@malwa-oil.example'},'address':{'line1':'Sanwer Road Industrial Area',"
     "'city':'Indore','region':'Madhya Pradesh','postal_code':'452015','country':'India'}}"},
    {NULL, "core/suppliers", NULL, NULL,
     "{'code':'NILGIRI','name':'Nilgiri Tea Company','supplier_group':'Beverages',"
     "'credit_days':45,'contact':{'name':'Meena Raman','phone':'0423 555 3300',"
     "'email':'trade@nilgiri-tea.example'},'address':{'line1':'Bedford Circle',"
     "'city':'Coonoor','region':'Tamil Nadu','postal_code':'643101','country':'India'}}"},
    {NULL, "core/suppliers", NULL, NULL,
     "{'code':'DECCAN','name':'Deccan Dairy Products','supplier_group':'Dairy',"
     "'credit_days':7,'contact':{'name':'Sunita Pawar','phone':'020 5550 4412',"
     "'email':'desk@deccan-dairy.example'},'address':{'line1':'MIDC Bhosari','city':'Pune',"
     "'region':'Maharashtra','postal_code':'411026','country':'India'}}"},
    {NULL, "core/suppliers", NULL, NULL,
     "{'code':'SHUDDH','name':'Shuddh Home Care','supplier_group':'Household',"
     "'credit_days':30,'contact':{'name':'Imran Shaikh','phone':'022 5550 5150',"
     "'email':'orders@shuddh.example'},'address':{'line1':'Andheri Kurla Road',"
     "'city':'Mumbai','region':'Maharashtra','postal_code':'400059','country':'India'}}"},
    {NULL, "core/suppliers", NULL, NULL,
     "{'code':'KALYANI','name':'Kalyani Packaging','supplier_group':'Packaging',"
     "'credit_days':15,'contact':{'name':'Vidya Kulkarni','phone':'020 5550 6161',"
     "'email':'sales@kalyani-pack.example'},'address':{'line1':'Hadapsar Industrial Estate',"
     "'city':'Pune','region':'Maharashtra','postal_code':'411013','country':'India'}}"},
    {NULL, "core/suppliers", NULL, NULL,
     "{'code':'SHIVNERI','name':'Shivneri Transport','supplier_group':'Services',"
     "'credit_days':10,'contact':{'name':'Bala Shinde','phone':'020 5550 7007',"
     "'email':'bills@shivneri.example'},'address':{'line1':'Katraj','city':'Pune',"
     "'region':'Maharashtra','postal_code':'411046','country':'India'}}"},
    {NULL, "core/customers", NULL, NULL,
     "{'code':'WALK-IN','name':'Customers at the till','customer_group':'Retail'}"},
    {NULL, "core/customers", NULL, NULL,
     "{'code':'HOTEL-SAVALI','name':'Hotel Savali','customer_group':'Institutions',"
     "'credit_days':15,'credit_limit':'50000.00','address':{'line1':'Paud Road',"
     "'city':'Pune','region':'Maharashtra','postal_code':'411038','country':'India'}}"},
    /* ---- units, categories, items: pieces, kilograms and bottles, bought by the bag, box or pack
       ---- */
    {NULL, "core/units", NULL, NULL, "{'code':'Bag','name':'Bag'}"},
    {NULL, "core/item-categories", NULL, NULL, "{'code':'FOOD','name':'Food'}"},
    {NULL, "core/item-categories", NULL, NULL,
     "{'code':'STAPLES','name':'Rice, flour and pulses','parent':'@item-categories:FOOD'}"},
    {NULL, "core/item-categories", NULL, NULL,
     "{'code':'OILS','name':'Oils and ghee','parent':'@item-categories:FOOD'}"},
    {NULL, "core/item-categories", NULL, NULL,
     "{'code':'DAIRY','name':'Dairy','parent':'@item-categories:FOOD'}"},
    {NULL, "core/item-categories", NULL, NULL,
     "{'code':'BEVERAGES','name':'Tea and coffee','parent':'@item-categories:FOOD'}"},
    {NULL, "core/item-categories", NULL, NULL, "{'code':'HOUSEHOLD','name':'Household'}"},
    {NULL, "core/item-categories", NULL, NULL, "{'code':'SUPPLIES','name':'Shop supplies'}"},
    {NULL, "core/item-categories", NULL, NULL, "{'code':'SERVICES','name':'Services'}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'RICE-BASMATI','name':'Basmati rice','category':'@item-categories:STAPLES',"
     "'stock_unit':'@units:Kg','valuation':'fifo','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:SAHYADRI','standard_rate':'90','reorder_level':'200',"
     "'reorder_qty':'500','tariff_code':'10063020','units':[{'unit':'@units:Bag',"
     "'factor':'25'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'RICE-KOLAM','name':'Kolam rice','category':'@item-categories:STAPLES',"
     "'stock_unit':'@units:Kg','valuation':'moving_average','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:SAHYADRI','standard_rate':'58','reorder_level':'150',"
     "'reorder_qty':'300','tariff_code':'10063090','units':[{'unit':'@units:Bag',"
     "'factor':'30'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'ATTA-5KG','name':'Whole wheat flour 5 kg',"
     "'category':'@item-categories:STAPLES','stock_unit':'@units:Nos',"
     "'valuation':'moving_average','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:SAHYADRI','standard_rate':'215','reorder_level':'40',"
     "'reorder_qty':'80','tariff_code':'11010000','units':[{'unit':'@units:Box',"
     "'factor':'4'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'DAL-TOOR','name':'Toor dal','category':'@item-categories:STAPLES',"
     "'stock_unit':'@units:Kg','valuation':'fifo','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:SAHYADRI','standard_rate':'120','reorder_level':'120',"
     "'reorder_qty':'300','tariff_code':'07136000','units':[{'unit':'@units:Bag',"
     "'factor':'30'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'DAL-MOONG','name':'Moong dal','category':'@item-categories:STAPLES',"
     "'stock_unit':'@units:Kg','valuation':'moving_average','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:SAHYADRI','standard_rate':'104','reorder_level':'90',"
     "'reorder_qty':'180','tariff_code':'07133100','units':[{'unit':'@units:Bag',"
     "'factor':'30'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'SUGAR','name':'Sugar','category':'@item-categories:STAPLES',"
     "'stock_unit':'@units:Kg','valuation':'moving_average','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:SAHYADRI','standard_rate':'41','reorder_level':'200',"
     "'reorder_qty':'500','tariff_code':'17019990','units':[{'unit':'@units:Bag',"
     "'factor':'50'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'SALT-1KG','name':'Iodised salt 1 kg','category':'@item-categories:STAPLES',"
     "'stock_unit':'@units:Nos','valuation':'moving_average','purchase_tax':'@taxes:EXEMPT',"
     "'supplier':'@suppliers:SAHYADRI','standard_rate':'18','reorder_level':'50',"
     "'reorder_qty':'100','tariff_code':'25010020','units':[{'unit':'@units:Box',"
     "'factor':'25'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'OIL-GNUT-1L','name':'Groundnut oil 1 litre',"
     "'category':'@item-categories:OILS','stock_unit':'@units:Bottle','valuation':'fifo',"
     "'purchase_tax':'@taxes:IGST5','supplier':'@suppliers:MALWA','standard_rate':'170',"
     "'reorder_level':'96','reorder_qty':'240','tariff_code':'15081000',"
     "'units':[{'unit':'@units:Box','factor':'12'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'OIL-SUN-5L','name':'Sunflower oil 5 litre',"
     "'category':'@item-categories:OILS','stock_unit':'@units:Nos',"
     "'valuation':'moving_average','purchase_tax':'@taxes:IGST5',"
     "'supplier':'@suppliers:MALWA','standard_rate':'650','reorder_level':'24',"
     "'reorder_qty':'60','tariff_code':'15121910','units':[{'unit':'@units:Box',"
     "'factor':'4'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'GHEE-1L','name':'Cow ghee 1 litre','category':'@item-categories:DAIRY',"
     "'stock_unit':'@units:Nos','valuation':'fifo','purchase_tax':'@taxes:GST12',"
     "'supplier':'@suppliers:DECCAN','standard_rate':'560','reorder_level':'36',"
     "'reorder_qty':'120','tariff_code':'04059020','units':[{'unit':'@units:Box',"
     "'factor':'12'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'MILK-1L','name':'Long-life milk 1 litre','category':'@item-categories:DAIRY',"
     "'stock_unit':'@units:Nos','valuation':'fifo','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:DECCAN','standard_rate':'62','reorder_level':'120',"
     "'reorder_qty':'240','tariff_code':'04012000','units':[{'unit':'@units:Box',"
     "'factor':'12'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'PANEER','name':'Paneer','category':'@item-categories:DAIRY',"
     "'stock_unit':'@units:Kg','valuation':'fifo','purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:DECCAN','standard_rate':'340','reorder_level':'10',"
     "'reorder_qty':'25','tariff_code':'04061000'}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'TEA-ASSAM-500','name':'Assam tea 500 g',"
     "'category':'@item-categories:BEVERAGES','stock_unit':'@units:Nos',"
     "'valuation':'moving_average','purchase_tax':'@taxes:IGST5',"
     "'supplier':'@suppliers:NILGIRI','standard_rate':'240','reorder_level':'60',"
     "'reorder_qty':'200','tariff_code':'09024020','units':[{'unit':'@units:Box',"
     "'factor':'20'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'TEA-NILGIRI-250','name':'Nilgiri tea 250 g',"
     "'category':'@item-categories:BEVERAGES','stock_unit':'@units:Nos',"
     "'valuation':'moving_average','purchase_tax':'@taxes:IGST5',"
     "'supplier':'@suppliers:NILGIRI','standard_rate':'95','reorder_level':'80',"
     "'reorder_qty':'160','tariff_code':'09023020','units':[{'unit':'@units:Box',"
     "'factor':'40'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'COFFEE-200','name':'Filter coffee 200 g',"
     "'category':'@item-categories:BEVERAGES','stock_unit':'@units:Nos','valuation':'fifo',"
     "'purchase_tax':'@taxes:IGST5','supplier':'@suppliers:NILGIRI','standard_rate':'210',"
     "'reorder_level':'48','reorder_qty':'96','tariff_code':'09012110',"
     "'units':[{'unit':'@units:Box','factor':'24'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'SOAP-100','name':'Sandal soap 100 g','category':'@item-categories:HOUSEHOLD',"
     "'stock_unit':'@units:Nos','valuation':'moving_average','purchase_tax':'@taxes:GST18',"
     "'supplier':'@suppliers:SHUDDH','standard_rate':'34','reorder_level':'96',"
     "'reorder_qty':'480','tariff_code':'34011110','units':[{'unit':'@units:Box',"
     "'factor':'48'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'DETERGENT-1KG','name':'Washing powder 1 kg',"
     "'category':'@item-categories:HOUSEHOLD','stock_unit':'@units:Nos',"
     "'valuation':'moving_average','purchase_tax':'@taxes:GST18',"
     "'supplier':'@suppliers:SHUDDH','standard_rate':'88','reorder_level':'60',"
     "'reorder_qty':'200','tariff_code':'34025000','units':[{'unit':'@units:Box',"
     "'factor':'20'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'DISHWASH-500','name':'Dishwash liquid 500 ml',"
     "'category':'@item-categories:HOUSEHOLD','stock_unit':'@units:Bottle',"
     "'valuation':'fifo','purchase_tax':'@taxes:GST18','supplier':'@suppliers:SHUDDH',"
     "'standard_rate':'72','reorder_level':'48','reorder_qty':'120',"
     "'tariff_code':'34023900','units':[{'unit':'@units:Box','factor':'24'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'BAG-PAPER','name':'Paper carry bag','category':'@item-categories:SUPPLIES',"
     "'stock_unit':'@units:Nos','valuation':'moving_average','purchase_tax':'@taxes:GST18',"
     "'supplier':'@suppliers:KALYANI','standard_rate':'2.40','reorder_level':'1000',"
     "'reorder_qty':'3000','tariff_code':'48194000','units':[{'unit':'@units:Pack',"
     "'factor':'100'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'TILL-ROLL','name':'Till roll 80 mm','category':'@item-categories:SUPPLIES',"
     "'stock_unit':'@units:Nos','valuation':'moving_average','purchase_tax':'@taxes:GST18',"
     "'supplier':'@suppliers:KALYANI','standard_rate':'18','reorder_level':'50',"
     "'reorder_qty':'200','tariff_code':'48119099','units':[{'unit':'@units:Box',"
     "'factor':'50'}]}"},
    {NULL, "core/items", NULL, NULL,
     "{'code':'FREIGHT','name':'Freight','category':'@item-categories:SERVICES',"
     "'stock_unit':'@units:Nos','is_stock':false,'purchase_tax':'@taxes:GST5',"
     "'supplier':'@suppliers:SHIVNERI'}"},
    /* ---- people ---- */
    {NULL, "people/departments", NULL, NULL,
     "{'code':'HO','name':'Head office','cost_center':'@cost-centers:Main'}"},
    {NULL, "people/departments", NULL, NULL,
     "{'code':'DEPOT','name':'Depot','cost_center':'@cost-centers:PUNE-DC',"
     "'parent':'@departments:HO'}"},
    {NULL, "people/departments", NULL, NULL,
     "{'code':'SHOPS','name':'Shops','cost_center':'@cost-centers:KOTHRUD',"
     "'parent':'@departments:HO'}"},
    {NULL, "people/designations", NULL, NULL, "{'code':'MANAGER','name':'Manager'}"},
    {NULL, "people/designations", NULL, NULL, "{'code':'ACCOUNTANT','name':'Accountant'}"},
    {NULL, "people/designations", NULL, NULL, "{'code':'STOREKEEPER','name':'Storekeeper'}"},
    {NULL, "people/designations", NULL, NULL, "{'code':'CASHIER','name':'Cashier'}"},
    {NULL, "people/pay-scales", NULL, NULL,
     "{'code':'S1','grade':'Staff','start_basic':'18000','effective_from':'#-400',"
     "'stretches':[{'increment':'600','upto':'24000'},{'increment':'900','upto':'33000'}]}"},
    {NULL, "people/pay-scales", NULL, NULL,
     "{'code':'M1','grade':'Manager','start_basic':'42000','effective_from':'#-400',"
     "'stretches':[{'increment':'1800','upto':'60000'}]}"},
    {NULL, "people/employees", NULL, NULL,
     "{'personal_number':'E001','full_name':'Asha Deshmukh','birth_date':'1979-06-14',"
     "'joining_date':'#-390','department':'@departments:HO',"
     "'designation':'@designations:MANAGER','pay_scale':'@pay-scales:M1',"
     "'depot':'@warehouses:DC-PUNE'}"},
    {NULL, "people/employees", NULL, NULL,
     "{'personal_number':'E002','full_name':'Farhan Ansari','birth_date':'1986-11-02',"
     "'joining_date':'#-380','department':'@departments:HO',"
     "'designation':'@designations:ACCOUNTANT','pay_scale':'@pay-scales:S1',"
     "'depot':'@warehouses:DC-PUNE'}"},
    {NULL, "people/employees", NULL, NULL,
     "{'personal_number':'E003','full_name':'Ganesh More','birth_date':'1990-02-27',"
     "'joining_date':'#-365','department':'@departments:DEPOT',"
     "'designation':'@designations:STOREKEEPER','pay_scale':'@pay-scales:S1',"
     "'depot':'@warehouses:DC-PUNE'}"},
    {NULL, "people/employees", NULL, NULL,
     "{'personal_number':'E004','full_name':'Lata Bhosale','birth_date':'1994-09-19',"
     "'joining_date':'#-300','department':'@departments:SHOPS',"
     "'designation':'@designations:CASHIER','pay_scale':'@pay-scales:S1',"
     "'depot':'@warehouses:KOTHRUD'}"},
    {NULL, "people/employees", NULL, NULL,
     "{'personal_number':'E005','full_name':'Nitin Kale','birth_date':'1997-04-08',"
     "'joining_date':'#-210','department':'@departments:SHOPS',"
     "'designation':'@designations:CASHIER','pay_scale':'@pay-scales:S1',"
     "'depot':'@warehouses:BANER'}"},
    {NULL, "people/employees", NULL, NULL,
     "{'personal_number':'E006','full_name':'Rehana Khan','birth_date':'1988-12-30',"
     "'joining_date':'#-150','department':'@departments:SHOPS',"
     "'designation':'@designations:MANAGER','pay_scale':'@pay-scales:M1',"
     "'depot':'@warehouses:BANER'}"},
    /* ---- the owners pay in, the shops are fitted out ---- */
    {NULL, "finance/journal-vouchers", NULL, DONE,
     "{'posting_date':'#-75','narration':'Capital paid in',"
     "'lines':[{'account':'@accounts:1120','debit':'1500000'},{'account':'@accounts:3100',"
     "'credit':'1500000'}]}"},
    {NULL, "finance/journal-vouchers", NULL, DONE,
     "{'posting_date':'#-74','narration':'Shop fittings, tills and deposits',"
     "'lines':[{'account':'@accounts:1510','debit':'180000'},{'account':'@accounts:1520',"
     "'debit':'95000'},{'account':'@accounts:1170','debit':'150000'},"
     "{'account':'@accounts:1120','credit':'425000'}]}"},
    {NULL, "wms/stock-adjustments", NULL, DONE,
     "{'warehouse':'@warehouses:KOTHRUD','posting_date':'#-70','reason':'opening',"
     "'remarks':'Taken over with the shop','lines':[{'direction':'in',"
     "'item':'@items:SALT-1KG','qty':'60','rate':'17.50'},{'direction':'in',"
     "'item':'@items:SOAP-100','qty':'96','rate':'33.25'}]}"},
    /* ---- staples: received, invoiced and paid in full ---- */
    {"PO-STAPLES", "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:SAHYADRI','warehouse':'@warehouses:DC-PUNE',"
     "'order_date':'#-62','expected_date':'#-58','lines':[{'item':'@items:RICE-BASMATI',"
     "'qty':'40','unit':'@units:Bag','rate':'2250'},{'item':'@items:DAL-TOOR','qty':'20',"
     "'unit':'@units:Bag','rate':'3600'},{'item':'@items:SUGAR','qty':'15',"
     "'unit':'@units:Bag','rate':'2050'},{'item':'@items:ATTA-5KG','qty':'25',"
     "'unit':'@units:Box','rate':'860'}]}"},
    {"GRN-STAPLES", "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-STAPLES','posting_date':'#-58','delivery_note':'SAF/2281'}"},
    {"BILL-STAPLES", "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:SAHYADRI','supplier_invoice_no':'SAF-10457',"
     "'supplier_invoice_date':'#-56','posting_date':'#-56',"
     "'lines':[{'receipt_line':'@GRN-STAPLES[1]','qty':'40'},"
     "{'receipt_line':'@GRN-STAPLES[2]','qty':'20'},{'receipt_line':'@GRN-STAPLES[3]',"
     "'qty':'15'},{'receipt_line':'@GRN-STAPLES[4]','qty':'25'}]}"},
    {NULL, "finance/payments", NULL, DONE,
     "{'supplier':'@suppliers:SAHYADRI','posting_date':'#-30',"
     "'amount':'@BILL-STAPLES.grand_total','reference':'UTR 440917',"
     "'allocations':[{'invoice':'@BILL-STAPLES','amount':'@BILL-STAPLES.grand_total'}]}"},
    /* ---- oils: two deliveries, leaking cans rejected, a bill slightly dearer than the order, paid
       in part ---- */
    {"PO-OILS", "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:MALWA','warehouse':'@warehouses:DC-PUNE','order_date':'#-55',"
     "'expected_date':'#-50','lines':[{'item':'@items:OIL-GNUT-1L','qty':'50',"
     "'unit':'@units:Box','rate':'2040'},{'item':'@items:OIL-SUN-5L','qty':'30',"
     "'unit':'@units:Box','rate':'2600'}]}"},
    {"GRN-OILS-1", "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-OILS','posting_date':'#-50','delivery_note':'MOM-771',"
     "'lines':[{'order_line':'@PO-OILS[1]','received_qty':'30','rejected_qty':'2',"
     "'reject_reason':'Caps leak'},{'order_line':'@PO-OILS[2]','received_qty':'30'}]}"},
    {"BILL-OILS-1", "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:MALWA','supplier_invoice_no':'M/26/0815',"
     "'supplier_invoice_date':'#-48','posting_date':'#-48',"
     "'lines':[{'receipt_line':'@GRN-OILS-1[1]','qty':'28','rate':'2050'},"
     "{'receipt_line':'@GRN-OILS-1[2]','qty':'30'}]}"},
    {"GRN-OILS-2", "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-OILS','posting_date':'#-44','delivery_note':'MOM-802',"
     "'lines':[{'order_line':'@PO-OILS[1]','received_qty':'22'}]}"},
    {NULL, "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:MALWA','supplier_invoice_no':'M/26/0851',"
     "'supplier_invoice_date':'#-43','posting_date':'#-43',"
     "'lines':[{'receipt_line':'@GRN-OILS-2[1]','qty':'22'}]}"},
    {NULL, "finance/payments", NULL, DONE,
     "{'supplier':'@suppliers:MALWA','posting_date':'#-20','amount':'60000',"
     "'reference':'UTR 451203','allocations':[{'invoice':'@BILL-OILS-1','amount':'60000'}]}"},
    /* ---- tea and coffee: the bill is 8 % dearer than the order and waits for a decision ---- */
    {"PO-TEA", "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:NILGIRI','warehouse':'@warehouses:DC-PUNE',"
     "'order_date':'#-47','expected_date':'#-41','lines':[{'item':'@items:TEA-ASSAM-500',"
     "'qty':'10','unit':'@units:Box','rate':'4800'},{'item':'@items:TEA-NILGIRI-250',"
     "'qty':'8','unit':'@units:Box','rate':'3800'},{'item':'@items:COFFEE-200','qty':'6',"
     "'unit':'@units:Box','rate':'5040'}]}"},
    {"GRN-TEA", "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-TEA','posting_date':'#-41','delivery_note':'NTC 5534'}"},
    {NULL, "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:NILGIRI','supplier_invoice_no':'NTC/INV/3391',"
     "'supplier_invoice_date':'#-40','posting_date':'#-40',"
     "'lines':[{'receipt_line':'@GRN-TEA[1]','qty':'10','rate':'5184'},"
     "{'receipt_line':'@GRN-TEA[2]','qty':'8'},{'receipt_line':'@GRN-TEA[3]','qty':'6'}]}"},
    /* ---- dairy: an advance, part of which is set against the bill ---- */
    {"PO-DAIRY", "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:DECCAN','warehouse':'@warehouses:DC-PUNE','order_date':'#-38',"
     "'expected_date':'#-36','lines':[{'item':'@items:GHEE-1L','qty':'20',"
     "'unit':'@units:Box','rate':'6720'},{'item':'@items:MILK-1L','qty':'40',"
     "'unit':'@units:Box','rate':'744'},{'item':'@items:PANEER','qty':'25',"
     "'unit':'@units:Kg','rate':'340'}]}"},
    {"PAY-DAIRY", "finance/payments", NULL, DONE,
     "{'supplier':'@suppliers:DECCAN','posting_date':'#-37','amount':'25000',"
     "'reference':'UTR 446620'}"},
    {"GRN-DAIRY", "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-DAIRY','posting_date':'#-36','delivery_note':'DD 9021',"
     "'lines':[{'order_line':'@PO-DAIRY[1]','received_qty':'20'},"
     "{'order_line':'@PO-DAIRY[2]','received_qty':'40'},{'order_line':'@PO-DAIRY[3]',"
     "'received_qty':'24.5','rejected_qty':'0.75','reject_reason':'Torn packs'}]}"},
    {"BILL-DAIRY", "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:DECCAN','supplier_invoice_no':'DDP/7716',"
     "'supplier_invoice_date':'#-36','posting_date':'#-36',"
     "'lines':[{'receipt_line':'@GRN-DAIRY[1]','qty':'20'},{'receipt_line':'@GRN-DAIRY[2]',"
     "'qty':'40'},{'receipt_line':'@GRN-DAIRY[3]','qty':'23.75'}]}"},
    {NULL, "finance/payments", "PAY-DAIRY", "allocate",
     "{'posting_date':'#-35','allocations':[{'invoice':'@BILL-DAIRY','amount':'15000'}]}"},
    /* ---- household: a box goes back before the bill comes ---- */
    {"PO-HOME", "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:SHUDDH','warehouse':'@warehouses:DC-PUNE','order_date':'#-33',"
     "'expected_date':'#-28','lines':[{'item':'@items:SOAP-100','qty':'20',"
     "'unit':'@units:Box','rate':'1632'},{'item':'@items:DETERGENT-1KG','qty':'25',"
     "'unit':'@units:Box','rate':'1760'},{'item':'@items:DISHWASH-500','qty':'10',"
     "'unit':'@units:Box','rate':'1728'}]}"},
    {"GRN-HOME", "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-HOME','posting_date':'#-28','delivery_note':'SHC/DN/118'}"},
    {NULL, "wms/purchase-returns", NULL, DONE,
     "{'receipt':'@GRN-HOME','posting_date':'#-27','reason':'Wrong fragrance',"
     "'lines':[{'receipt_line':'@GRN-HOME[1]','qty':'1'}]}"},
    {NULL, "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:SHUDDH','supplier_invoice_no':'SHC-2026-4410',"
     "'supplier_invoice_date':'#-26','posting_date':'#-26',"
     "'lines':[{'receipt_line':'@GRN-HOME[1]','qty':'19'},{'receipt_line':'@GRN-HOME[2]',"
     "'qty':'25'},{'receipt_line':'@GRN-HOME[3]','qty':'10'}]}"},
    {NULL, "wms/purchase-orders", "PO-HOME", "close", "{}"},
    /* ---- shop supplies: paid, then moved and used up ---- */
    {"PO-BAGS", "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:KALYANI','warehouse':'@warehouses:DC-PUNE',"
     "'order_date':'#-26','expected_date':'#-22','lines':[{'item':'@items:BAG-PAPER',"
     "'qty':'60','unit':'@units:Pack','rate':'240'},{'item':'@items:TILL-ROLL','qty':'10',"
     "'unit':'@units:Box','rate':'900'}]}"},
    {"GRN-BAGS", "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-BAGS','posting_date':'#-22','delivery_note':'KP-307'}"},
    {"BILL-BAGS", "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:KALYANI','supplier_invoice_no':'KP/1189',"
     "'supplier_invoice_date':'#-21','posting_date':'#-21',"
     "'lines':[{'receipt_line':'@GRN-BAGS[1]','qty':'60'},{'receipt_line':'@GRN-BAGS[2]',"
     "'qty':'10'}]}"},
    {NULL, "finance/payments", NULL, DONE,
     "{'supplier':'@suppliers:KALYANI','posting_date':'#-10',"
     "'amount':'@BILL-BAGS.grand_total','reference':'Cheque 000214',"
     "'allocations':[{'invoice':'@BILL-BAGS','amount':'@BILL-BAGS.grand_total'}]}"},
    /* ---- goods go to the shops: one load arrived, one is on its way ---- */
    {"LOAD-1", "wms/stock-transfers", NULL, DONE,
     "{'from_warehouse':'@warehouses:DC-PUNE','to_warehouse':'@warehouses:KOTHRUD',"
     "'transit_warehouse':'@warehouses:VAN','posting_date':'#-20','reference':'Van 1',"
     "'lines':[{'item':'@items:RICE-BASMATI','qty':'8','unit':'@units:Bag'},"
     "{'item':'@items:DAL-TOOR','qty':'5','unit':'@units:Bag'},{'item':'@items:SUGAR',"
     "'qty':'150'},{'item':'@items:OIL-GNUT-1L','qty':'10','unit':'@units:Box'},"
     "{'item':'@items:TEA-ASSAM-500','qty':'60'},{'item':'@items:SOAP-100','qty':'2',"
     "'unit':'@units:Box'},{'item':'@items:BAG-PAPER','qty':'15','unit':'@units:Pack'},"
     "{'item':'@items:TILL-ROLL','qty':'2','unit':'@units:Box'}]}"},
    {NULL, "wms/stock-transfers", "LOAD-1", "receive", "{'posting_date':'#-19'}"},
    {NULL, "wms/stock-issues", NULL, DONE,
     "{'warehouse':'@warehouses:KOTHRUD','posting_date':'#-9',"
     "'purpose':'Bags and till rolls used at the counter',"
     "'lines':[{'item':'@items:BAG-PAPER','qty':'640'},{'item':'@items:TILL-ROLL',"
     "'qty':'18'}]}"},
    {NULL, "wms/stock-adjustments", NULL, DONE,
     "{'warehouse':'@warehouses:KOTHRUD','posting_date':'#-4','reason':'damage',"
     "'remarks':'Bottles broken on the shelf','lines':[{'direction':'out',"
     "'item':'@items:OIL-GNUT-1L','qty':'3'}]}"},
    {NULL, "wms/stock-transfers", NULL, DONE,
     "{'from_warehouse':'@warehouses:DC-PUNE','to_warehouse':'@warehouses:BANER',"
     "'transit_warehouse':'@warehouses:VAN','posting_date':'#-1','reference':'Van 1',"
     "'lines':[{'item':'@items:RICE-BASMATI','qty':'6','unit':'@units:Bag'},"
     "{'item':'@items:OIL-SUN-5L','qty':'5','unit':'@units:Box'},{'item':'@items:GHEE-1L',"
     "'qty':'3','unit':'@units:Box'},{'item':'@items:DETERGENT-1KG','qty':'4',"
     "'unit':'@units:Box'},{'item':'@items:BAG-PAPER','qty':'10','unit':'@units:Pack'}]}"},
    /* ---- running costs: a freight bill, rent, salaries ---- */
    {NULL, "finance/purchase-invoices", NULL, DONE,
     "{'supplier':'@suppliers:SHIVNERI','supplier_invoice_no':'ST-644',"
     "'supplier_invoice_date':'#-18','posting_date':'#-18',"
     "'lines':[{'item':'@items:FREIGHT','description':'Indore to Pune, two loads',"
     "'account':'@accounts:5160','cost_center':'@cost-centers:PUNE-DC','qty':'2',"
     "'rate':'4250','tax':'@taxes:GST5'}]}"},
    {NULL, "finance/journal-vouchers", NULL, DONE,
     "{'posting_date':'#-12','narration':'Rent of both shops',"
     "'lines':[{'account':'@accounts:5220','cost_center':'@cost-centers:KOTHRUD',"
     "'debit':'38000'},{'account':'@accounts:5220','cost_center':'@cost-centers:BANER',"
     "'debit':'42000'},{'account':'@accounts:1120','credit':'80000'}]}"},
    {NULL, "finance/journal-vouchers", NULL, DONE,
     "{'posting_date':'#-7','narration':'Salaries of the month',"
     "'lines':[{'account':'@accounts:5210','cost_center':'@cost-centers:Main',"
     "'debit':'52000'},{'account':'@accounts:5210','cost_center':'@cost-centers:PUNE-DC',"
     "'debit':'21000'},{'account':'@accounts:5210','cost_center':'@cost-centers:KOTHRUD',"
     "'debit':'20400'},{'account':'@accounts:5210','cost_center':'@cost-centers:BANER',"
     "'debit':'62600'},{'account':'@accounts:2160','credit':'156000'}]}"},
    {NULL, "finance/journal-vouchers", NULL, DONE,
     "{'posting_date':'#-6','narration':'Salaries paid',"
     "'lines':[{'account':'@accounts:2160','debit':'156000'},{'account':'@accounts:1120',"
     "'credit':'156000'}]}"},
    /* ---- still open: goods received and not invoiced, an order on its way, a draft ---- */
    {"PO-TEA-2", "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:NILGIRI','warehouse':'@warehouses:DC-PUNE','order_date':'#-8',"
     "'expected_date':'#-2','lines':[{'item':'@items:TEA-ASSAM-500','qty':'6',"
     "'unit':'@units:Box','rate':'4850'},{'item':'@items:COFFEE-200','qty':'4',"
     "'unit':'@units:Box','rate':'5040'}]}"},
    {NULL, "wms/goods-receipts", NULL, DONE,
     "{'purchase_order':'@PO-TEA-2','posting_date':'#-2','delivery_note':'NTC 5610',"
     "'lines':[{'order_line':'@PO-TEA-2[1]','received_qty':'6'}]}"},
    {NULL, "wms/purchase-orders", NULL, DONE,
     "{'supplier':'@suppliers:SAHYADRI','warehouse':'@warehouses:DC-PUNE',"
     "'order_date':'#-3','expected_date':'#4','lines':[{'item':'@items:RICE-KOLAM',"
     "'qty':'12','unit':'@units:Bag','rate':'1740'},{'item':'@items:DAL-MOONG','qty':'6',"
     "'unit':'@units:Bag','rate':'3120'},{'item':'@items:SALT-1KG','qty':'8',"
     "'unit':'@units:Box','rate':'440'}]}"},
    {NULL, "wms/purchase-orders", NULL, NULL,
     "{'supplier':'@suppliers:DECCAN','warehouse':'@warehouses:DC-PUNE','order_date':'#0',"
     "'expected_date':'#2','lines':[{'item':'@items:MILK-1L','qty':'20','unit':'@units:Box',"
     "'rate':'750'},{'item':'@items:PANEER','qty':'20','unit':'@units:Kg','rate':'342'}]}"},
};
const uint32_t demo_step_count = sizeof demo_steps / sizeof demo_steps[0];
